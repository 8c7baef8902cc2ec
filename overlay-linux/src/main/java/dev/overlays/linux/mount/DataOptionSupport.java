package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.context.Channel;
import dev.overlays.linux.context.KernelOptions;
import dev.overlays.linux.context.OptionSupport;
import dev.overlays.linux.runtime.ProcessDirectory;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.PathBytes;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Whether a kernel without mount contexts for overlays (before Linux 6.5) knows the options of a
 * spec: each is tried on a view of two empty directories, in a namespace of its own.
 */
final class DataOptionSupport {
  private static final String OVERLAY = "overlay";

  private final Path upper;
  private final Path lower;

  private DataOptionSupport(Path upper, Path lower) {
    this.upper = upper;
    this.lower = lower;
  }

  /** Adds a problem for each option that was asked for and is not known here. */
  static void check(OverlaySpec spec, List<Problem> problems) {
    if (Channel.ofThisKernel() != Channel.DATA) {
      return;
    }
    try {
      Path upper = ProcessDirectory.createMountPoint("probe");
      Path lower = ProcessDirectory.createMountPoint("probe");
      try {
        problems.addAll(OwnNamespace.run(() -> new DataOptionSupport(upper, lower).unknown(spec)));
      } finally {
        Files.deleteIfExists(upper);
        Files.deleteIfExists(lower);
      }
    } catch (IOException e) {
      // Without the right to mount nothing can be tried; that is told elsewhere.
    }
  }

  private List<Problem> unknown(OverlaySpec spec) {
    if (!isMounted("")) {
      return List.of();
    }
    return KernelOptions.of(spec).stream()
        .filter(option -> option.asked() && !option.key().equals("ro"))
        .filter(option -> !isMounted("," + option))
        .map(option -> OptionSupport.unsupported(spec, option, List.of()))
        .toList();
  }

  private boolean isMounted(String options) {
    Scratch scratch = Scratch.get();
    byte[] data = ("lowerdir=" + upper + ":" + lower + options).getBytes(StandardCharsets.US_ASCII);
    scratch.dataBuffer().put(data).put((byte) 0);
    long type = scratch.string(OVERLAY.getBytes(StandardCharsets.US_ASCII));
    long target = scratch.secondString(PathBytes.of(upper));
    long result = Kernel.attempt(Syscall.MOUNT, type, target, type, 0, scratch.data());
    if (result == 0) {
      Kernel.attempt(Syscall.UMOUNT2, scratch.string(PathBytes.of(upper)), 0);
    }
    // Only this says that the option is not known.
    return result != -Errno.EINVAL.number();
  }
}
