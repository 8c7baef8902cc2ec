package dev.overlays.linux.syscall;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why JNA could not load its native part, and what to do about that. JNA copies a library out of
 * its jar into a directory and loads it from there; the words are those of the dynamic linker, of
 * the JDK and of JNA.
 */
final class NativeFailure {
  private static final String NAME_A_DIRECTORY =
      "Name a directory that this user can write to, and from which programs may be run:"
          + " -Djna.tmpdir=DIRECTORY.";

  /** A mount with noexec, or one that a security module treats so. Source: dlopen(3), mmap(2). */
  private static final Pattern NOT_MAPPED =
      Pattern.compile(
          "(/[^:]*/)[^/:]*:.*(failed to map segment|cannot enable executable|Operation not"
              + " permitted).*",
          Pattern.DOTALL);

  private NativeFailure() {}

  static Problem problemOf(Throwable failure) {
    if (failure instanceof UnsupportedOperationException) {
      return Problem.of(
          ProblemCode.PLATFORM_UNSUPPORTED,
          "OverlayFS is Linux's, on x86_64 and aarch64; this is " + failure.getMessage() + ".",
          "Use another backend, such as the test kit's in memory.");
    }
    Throwable cause = rootCause(failure);
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
          "Raise the limit (ulimit -n, or LimitNOFILE= in a unit of systemd), and start it anew.");
    }
    return unavailableProblem(
        Optional.empty(),
        "The native part of JNA cannot be loaded: " + cause + ".",
        NAME_A_DIRECTORY);
  }

  private static Problem unavailableProblem(Optional<Path> path, String what, String remedy) {
    return new Problem(ProblemCode.NATIVE_ACCESS_UNAVAILABLE, path, what, remedy);
  }

  /** What an initializer has thrown is wrapped once or more. */
  private static Throwable rootCause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
