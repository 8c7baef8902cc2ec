package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.context.KernelOptions;
import dev.overlays.linux.context.LayerPassing;
import dev.overlays.linux.context.OptionSupport;
import dev.overlays.linux.runtime.ProcessDirectory;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a kernel without mount contexts for overlays (before Linux 6.5) knows the options of a
 * spec: each is tried on a view of two empty directories, in a namespace of its own.
 */
final class DataOptionSupport {
  private static final String OVERLAY = "overlay";

  private static final String DATA_ONLY = ",metacopy=on,redirect_dir=on";

  private final Path upper;
  private final Path lower;
  private final Path data;

  private DataOptionSupport(List<Path> directories) {
    upper = directories.get(0);
    lower = directories.get(1);
    data = directories.get(2);
  }

  /** Adds a problem for each option that was asked for and is not known here. */
  static void checkOptions(OverlaySpec spec, List<Problem> problems) {
    if (LayerPassing.ofThisKernel() != LayerPassing.DATA) {
      return;
    }
    List<Path> made = new ArrayList<>();
    try {
      for (int i = 0; i < 3; i++) {
        made.add(ProcessDirectory.createMountPoint("probe"));
      }
      problems.addAll(
          TemporaryNamespace.run(() -> new DataOptionSupport(made).unknownOptions(spec)));
    } catch (IOException e) {
      // Without the right to mount nothing can be tried; that is told elsewhere.
    } finally {
      made.forEach(directory -> directory.toFile().delete());
    }
  }

  private List<Problem> unknownOptions(OverlaySpec spec) {
    if (!canMountWith("")) {
      return List.of();
    }
    List<Problem> unknown = new ArrayList<>();
    for (KernelOptions.KernelOption option : KernelOptions.of(spec)) {
      if (option.asked() && !option.key().equals("ro") && !canMountWith("," + option)) {
        unknown.add(OptionSupport.unsupportedOption(spec, option, List.of()));
      }
    }
    if (!spec.dataLowers().isEmpty() && !canMountWith("::" + data + DATA_ONLY)) {
      unknown.add(
          Problem.of(
              ProblemCode.OPTION_UNSUPPORTED,
              spec.dataLowers().get(0),
              "This kernel has no data-only lowers.",
              "Make them plain lowers, or use Linux 6.5 or later."));
    }
    return unknown;
  }

  private boolean canMountWith(String options) {
    byte[] data = ("lowerdir=" + upper + ":" + lower + options).getBytes(StandardCharsets.US_ASCII);
    try {
      MountCalls.mount(OVERLAY, PathBytes.of(upper), 0, data);
      MountCalls.unmount(PathBytes.of(upper), 0);
      return true;
    } catch (SyscallException e) {
      // Only this says that the option is not known.
      return e.errno() != Errno.EINVAL;
    }
  }
}
