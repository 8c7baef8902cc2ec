package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Turns the kernel's messages about a refused mount into a problem: the messages of the mount
 * context, and those that overlayfs wrote into the log. Source of the messages:
 * fs/overlayfs/super.c, params.c and namei.c.
 */
final class KernelReason {

  /**
   * The meaning of a message of the kernel.
   *
   * @param words a part of the message
   * @param code the kind of problem
   * @param path returns the path that it is about
   * @param remedy what to do about it
   */
  private record MessageMeaning(
      String words, ProblemCode code, Function<OverlaySpec, Optional<Path>> path, String remedy) {}

  private static final List<MessageMeaning> MEANINGS =
      List.of(
          new MessageMeaning(
              "unrecognized mount option",
              ProblemCode.OPTION_UNSUPPORTED,
              OverlaySpec::mountPoint,
              "Leave the option out, or use a newer kernel."),
          new MessageMeaning(
              "conflicting options",
              ProblemCode.OPTION_CONFLICT,
              OverlaySpec::mountPoint,
              "Change one of the two; newer kernels take some of these together."),
          new MessageMeaning(
              "empty lowerdir",
              ProblemCode.OPTION_UNSUPPORTED,
              KernelReason::firstDataLower,
              "Make the data-only layers plain lowers, or use Linux 6.5 or later."),
          new MessageMeaning(
              "require metacopy support",
              ProblemCode.OPTION_UNSUPPORTED,
              KernelReason::firstDataLower,
              "Add withMetacopy(true) and withRedirectDir(RedirectDir.ON), or use Linux 6.16 or"
                  + " later, which takes data-only lowers without."),
          new MessageMeaning(
              "upperdir is in-use",
              ProblemCode.UPPER_IN_USE,
              OverlaySpec::upper,
              "Unmount the overlay that uses it, possibly in another mount namespace."),
          new MessageMeaning(
              "workdir is in-use",
              ProblemCode.WORK_IN_USE,
              OverlaySpec::work,
              "Unmount the overlay that uses it, possibly in another mount namespace."),
          new MessageMeaning(
              "lowerdir is in-use",
              ProblemCode.LAYER_IN_USE,
              KernelReason::firstLower,
              "Unmount the overlay that writes to this lower, or mount without index."),
          new MessageMeaning(
              "failed to verify",
              ProblemCode.UPPER_OF_OTHER_LOWER,
              OverlaySpec::upper,
              "Mount it over the lower that it was written for, or, with a new work directory,"
                  + " without index."),
          new MessageMeaning(
              "conflicting lowerdir",
              ProblemCode.LAYER_REPEATED,
              KernelReason::firstLower,
              "Use every directory once."),
          new MessageMeaning(
              "overlapping lowerdir",
              ProblemCode.LAYER_NESTED,
              KernelReason::firstLower,
              "Put the layers side by side, none inside another; a bind mount may hide that one"
                  + " is."),
          new MessageMeaning(
              "overlapping",
              ProblemCode.LAYER_NESTED,
              OverlaySpec::upper,
              "Put the layers side by side, none inside another; a bind mount may hide that one"
                  + " is."),
          new MessageMeaning(
              "maximum fs stacking depth",
              ProblemCode.STACKING_TOO_DEEP,
              KernelReason::firstLower,
              "Name the layers of the overlay below as lowers of this one."),
          new MessageMeaning(
              "must reside under the same mount",
              ProblemCode.UPPER_WORK_ON_DIFFERENT_MOUNTS,
              OverlaySpec::work,
              "Put the work directory beside the upper."),
          new MessageMeaning(
              "must be separate subtrees",
              ProblemCode.UPPER_WORK_NESTED,
              OverlaySpec::work,
              "Put the upper and the work directory side by side."),
          new MessageMeaning(
              "upper fs is r/o",
              ProblemCode.UPPER_READ_ONLY,
              OverlaySpec::upper,
              "Mount its file system writable, or leave the upper out for a read-only view."),
          new MessageMeaning(
              "incompat feature",
              ProblemCode.VOLATILE_LEFTOVER,
              OverlaySpec::work,
              "After a crash of the machine discard upper and work; otherwise remove"
                  + " work/incompat in the work directory."),
          new MessageMeaning(
              "Unknown parameter",
              ProblemCode.OPTION_UNSUPPORTED,
              OverlaySpec::mountPoint,
              "Leave the option out, or use a newer kernel."),
          new MessageMeaning(
              "unrecognized mount option",
              ProblemCode.OPTION_UNSUPPORTED,
              OverlaySpec::mountPoint,
              "Leave the option out, or use a newer kernel."),
          new MessageMeaning(
              "not supported as upperdir",
              ProblemCode.UPPER_FILE_SYSTEM_UNSUPPORTED,
              OverlaySpec::upper,
              "Put upper and work on a local file system such as ext4, xfs, btrfs or tmpfs."),
          new MessageMeaning(
              "not supported",
              ProblemCode.LOWER_FILE_SYSTEM_UNSUPPORTED,
              KernelReason::firstLower,
              "Copy the lower to a file system that tells upper from lower case, or put an image of"
                  + " it (squashfs, erofs) there."));

  private KernelReason() {}

  private static Optional<Path> firstDataLower(OverlaySpec spec) {
    return spec.dataLowers().stream().findFirst();
  }

  private static Optional<Path> firstLower(OverlaySpec spec) {
    return Optional.of(spec.lowers().get(0));
  }

  /** The layer that the kernel's message names, if it names one. */
  private static Optional<Path> layerNamedIn(OverlaySpec spec, List<String> lines) {
    return Stream.of(
            spec.lowers().stream(),
            spec.dataLowers().stream(),
            spec.upper().stream(),
            spec.work().stream())
        .flatMap(layers -> layers)
        .filter(layer -> lines.stream().anyMatch(line -> line.contains("on " + layer + " not ")))
        .findFirst();
  }

  static Problem of(OverlaySpec spec, IOException failure, List<String> log) {
    List<String> lines = new ArrayList<>();
    IOException cause = failure;
    if (failure instanceof MountRefusedException refused) {
      lines.addAll(refused.kernelMessages());
      cause = refused.callFailure();
    }
    lines.addAll(log);
    String words = String.join("; ", lines).replaceFirst("\\.+$", "");
    String said = lines.isEmpty() ? "" : "; it says: " + words;
    String message = "The kernel refuses to mount: " + cause.getMessage() + said + ".";
    for (MessageMeaning meaning : MEANINGS) {
      if (lines.stream().anyMatch(line -> line.contains(meaning.words))) {
        Optional<Path> path = layerNamedIn(spec, lines).or(() -> meaning.path.apply(spec));
        return new Problem(meaning.code, path, message, meaning.remedy);
      }
    }
    Optional<RefusedCall> refused =
        cause instanceof SyscallException call ? RefusedCall.of(call) : Optional.empty();
    if (refused.isPresent()) {
      return Problem.of(
          ProblemCode.PRIVILEGE_MISSING,
          "The view cannot be mounted: " + refused.get().refusalWords() + ".",
          refused.get().remedyText());
    }
    if (cause instanceof SyscallException call && call.errno() == Errno.ENODEV) {
      return Problem.of(
          ProblemCode.OVERLAYFS_MISSING,
          message,
          "Load the module (modprobe overlay), or use a kernel built with CONFIG_OVERLAY_FS.");
    }
    if (cause instanceof SyscallException call && call.errno() == Errno.EPERM) {
      return Problem.of(ProblemCode.PRIVILEGE_MISSING, message, "Mount as root (CAP_SYS_ADMIN).");
    }
    return new Problem(
        ProblemCode.KERNEL_REFUSED,
        spec.mountPoint(),
        message,
        "Look at the end of the kernel's log (dmesg), and report this: no reason was found"
            + " beforehand.");
  }
}
