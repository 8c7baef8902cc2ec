package dev.overlays.linux.syscall;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Explains why the C library could not be linked, and what to do about it. JNA copies its native
 * library from its jar to a directory and loads it from there; java.lang.foreign needs no library.
 * The messages come from the dynamic linker, the JDK and JNA.
 */
final class LinkingFailure {
  private static final String NAME_A_DIRECTORY =
      "Name a directory that this user can write to, and from which programs may be run:"
          + " -Djna.tmpdir=DIRECTORY.";

  /**
   * A mount with noexec, or one on which a security module forbids execution. Source: dlopen(3),
   * mmap(2).
   */
  private static final Pattern NOT_MAPPED =
      Pattern.compile(
          "(/[^:]*/)[^/:]*:.*(failed to map segment|cannot enable executable|Operation not"
              + " permitted).*",
          Pattern.DOTALL);

  private LinkingFailure() {}

  static Problem problemOf(Throwable failure, NativeBridge seam) {
    if (failure instanceof UnsupportedOperationException) {
      return Problem.of(
          ProblemCode.PLATFORM_UNSUPPORTED,
          "OverlayFS needs Linux on x86_64 or aarch64; this is " + failure.getMessage() + ".",
          "Use another backend, such as the test kit's in-memory one.");
    }
    if (failure instanceof IllegalArgumentException) {
      return unavailableProblem(
          Optional.empty(),
          failure.getMessage() + ".",
          "Remove the system property: the best way is chosen then.");
    }
    Throwable cause = rootCause(failure);
    return seam == NativeBridge.JNA ? problemOfJna(cause) : problemOfForeign(cause);
  }

  private static Problem problemOfForeign(Throwable cause) {
    if (cause instanceof IllegalCallerException) {
      return unavailableProblem(
          Optional.empty(),
          "This JVM does not let this library call native code: " + cause.getMessage() + ".",
          "Start the JVM with --enable-native-access=ALL-UNNAMED; where overlay-linux is on the"
              + " module path, with --enable-native-access=dev.overlays.linux.");
    }
    return unavailableProblem(
        Optional.empty(),
        "This JVM cannot call the C library through java.lang.foreign: " + cause + ".",
        "Use JDK 22 or later, or set -D" + NativeBridge.PROPERTY + "=jna.");
  }

  private static Problem problemOfJna(Throwable cause) {
    String words = String.valueOf(cause.getMessage());
    if (cause instanceof IllegalCallerException) {
      return unavailableProblem(
          Optional.empty(),
          "This JVM does not let JNA load native code: " + words + ".",
          "Start the JVM with --enable-native-access=ALL-UNNAMED; where JNA is on the module path,"
              + " with --enable-native-access=com.sun.jna.");
    }
    Matcher notMapped = NOT_MAPPED.matcher(words);
    if (notMapped.matches()) {
      return unavailableProblem(
          Optional.of(Path.of(notMapped.group(1))),
          "JNA unpacks its native part here, and nothing here may be run (mount option noexec): "
              + words
              + ".",
          NAME_A_DIRECTORY);
    }
    if (words.contains("Too many open files")) {
      return unavailableProblem(
          Optional.empty(),
          "The native part of JNA could not be loaded, since this process has too many files open.",
          "Raise the limit (ulimit -n, or LimitNOFILE= in a unit of systemd), and start it again.");
    }
    return unavailableProblem(
        Optional.empty(),
        "The native part of JNA cannot be loaded: " + cause + ".",
        NAME_A_DIRECTORY);
  }

  private static Problem unavailableProblem(Optional<Path> path, String what, String remedy) {
    return new Problem(ProblemCode.NATIVE_ACCESS_UNAVAILABLE, path, what, remedy);
  }

  /** Exceptions of a static initializer are wrapped at least once. */
  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
