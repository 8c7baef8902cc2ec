package dev.overlays.linux.preflight;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.Verity;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.util.List;
import java.util.Optional;

/**
 * Whether the data that {@code verity=require} asks for can have fs-verity digests. The kernel
 * mounts without asking, and then every file whose data it cannot verify reads as an I/O error.
 * Source: FS_IOC_MEASURE_VERITY in the kernel's include/uapi/linux/fsverity.h and
 * Documentation/filesystems/fsverity.rst.
 */
final class VerityCheck {
  private static final long MEASURE = 0xC0046686L;

  private VerityCheck() {}

  static void checkVerity(OverlaySpec spec, SpecLayers layers, List<Problem> problems) {
    if (spec.options().verity() != Verity.REQUIRE) {
      return;
    }
    List<OpenedLayer> sources = layers.dataSources();
    List<OpenedLayer> unable =
        sources.stream().filter(layer -> !mayHaveDigests(layer.handle())).toList();
    if (!unable.isEmpty() && (unable.size() == sources.size() || !spec.dataLowers().isEmpty())) {
      problems.add(verityProblem(unable.get(0)));
    }
  }

  /** Whether layers that give data will do: the data-only lowers all, or one of the lowers. */
  static boolean passesCheck(
      OverlaySpec spec, List<Descriptor> lowers, List<Descriptor> dataLowers) {
    return spec.options().verity() != Verity.REQUIRE
        || (dataLowers.isEmpty()
            ? lowers.stream().anyMatch(VerityCheck::mayHaveDigests)
            : dataLowers.stream().allMatch(VerityCheck::mayHaveDigests));
  }

  /** Asked of the directory: it has no digest itself, and what is said instead tells. */
  private static boolean mayHaveDigests(Descriptor layer) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long result = layer.attemptOn(Syscall.IOCTL, MEASURE, scratch.structPointer(0));
      return result != -Errno.ENOTTY.number() && result != -Errno.EOPNOTSUPP.number();
    }
  }

  private static Problem verityProblem(OpenedLayer layer) {
    return new Problem(
        ProblemCode.OPTION_UNSUPPORTED,
        Optional.of(layer.path()),
        "With verity=require no file could be read whose data is in the "
            + layer.role()
            + ": this kernel, or its file system, has no fs-verity.",
        "Put the data on ext4, f2fs or btrfs with fs-verity, on a kernel that is built with"
            + " CONFIG_FS_VERITY; or ask for Verity.ON, which verifies what has a digest.");
  }
}
