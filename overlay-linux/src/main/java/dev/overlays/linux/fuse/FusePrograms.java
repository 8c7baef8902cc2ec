package dev.overlays.linux.fuse;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.syscall.ThreadPrivilege;
import dev.overlays.linux.syscall.TrustedProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The programs and the device that fuse-overlayfs needs. */
public final class FusePrograms {
  private static final Path DEVICE = Path.of("/dev/fuse");
  private static final Path CONFIGURATION = Path.of("/etc/fuse.conf");

  private FusePrograms() {}

  /**
   * Returns why no view can be mounted on this machine.
   *
   * @return what is missing; empty if nothing is
   */
  public static Optional<Problem> missingProblem() {
    if (findProgram("fuse-overlayfs").isEmpty()) {
      return Optional.of(missingProgram("fuse-overlayfs", "fuse-overlayfs"));
    }
    if (!ThreadPrivilege.mayMount() && findFusermount().isEmpty()) {
      return Optional.of(missingProgram("fusermount3", "fuse3"));
    }
    if (findProgram("flock").isEmpty()) {
      return Optional.of(missingProgram("flock", "util-linux"));
    }
    try {
      Descriptor.open(DEVICE, OpenFlags.RDWR).close();
      return Optional.empty();
    } catch (SyscallException e) {
      return Optional.of(deviceProblem(e.errno()));
    }
  }

  private static Problem missingProgram(String program, String distributionPackage) {
    return Problem.of(
        ProblemCode.PROGRAM_MISSING,
        TrustedProgram.whyDistrusted(program)
            .orElse("The program " + program + " is not in the PATH of this process."),
        "Install the package " + distributionPackage + ".");
  }

  private static Problem deviceProblem(Errno errno) {
    return switch (errno) {
      case ENOENT, ENODEV, ENXIO ->
          Problem.of(
              ProblemCode.DEVICE_NOT_ACCESSIBLE,
              DEVICE,
              "There is no device for file systems in user space: " + errno.text() + ".",
              "Load the module (modprobe fuse); in a container, give it the device (--device"
                  + " /dev/fuse).");
      case EACCES, EPERM ->
          Problem.of(
              ProblemCode.DEVICE_NOT_ACCESSIBLE,
              DEVICE,
              "This user may not open the device for file systems in user space.",
              "Let an administrator open it to all (chmod 666 /dev/fuse, and permanently by a udev"
                  + " rule KERNEL==\"fuse\", MODE=\"0666\") or to a group that this user is in; in"
                  + " a container, give it the device (--device /dev/fuse).");
      default ->
          Problem.of(
              ProblemCode.DEVICE_NOT_ACCESSIBLE,
              DEVICE,
              "The device for file systems in user space cannot be opened: " + errno.text() + ".",
              "Look at it with ls -l, and load the module (modprobe fuse).");
    };
  }

  /**
   * Whether other users may see the views of an ordinary user; they always see root's. The program
   * lets the kernel check permissions in any case, so others see no more than in an overlay of the
   * kernel.
   */
  static boolean allowsOtherUsers() {
    if (ThreadPrivilege.mayMount()) {
      return false;
    }
    try (Stream<String> lines = Files.lines(CONFIGURATION, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.strip().equals("user_allow_other"));
    } catch (IOException | UncheckedIOException e) {
      return false;
    }
  }

  /** The program that mounts and unmounts for ordinary users. */
  static Optional<Path> findFusermount() {
    return findProgram("fusermount3").or(() -> findProgram("fusermount"));
  }

  /** Returns the path of a program that this process may run. */
  static Optional<Path> findProgram(String name) {
    return TrustedProgram.findProgram(name);
  }
}
