package dev.overlays;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * One reason why something cannot be done, described so that the reader can act: what is wrong,
 * with which path, and how to correct it.
 *
 * @param code the kind of problem, stable across versions
 * @param path the file or directory that it is about, if any
 * @param message what is wrong, one sentence
 * @param remedy how to correct it, one or two sentences
 */
public record Problem(ProblemCode code, Optional<Path> path, String message, String remedy) {

  /**
   * Makes a problem.
   *
   * @param code the kind of problem
   * @param path what it is about
   * @param message what is wrong
   * @param remedy what to do about it
   */
  public Problem {
    Objects.requireNonNull(code, "code");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(remedy, "remedy");
  }

  /**
   * Returns a problem with a path.
   *
   * @param code the kind of problem
   * @param path what it is about
   * @param message what is wrong
   * @param remedy what to do about it
   * @return the problem
   */
  public static Problem of(ProblemCode code, Path path, String message, String remedy) {
    return new Problem(code, Optional.of(path), message, remedy);
  }

  /**
   * Returns a problem without a path.
   *
   * @param code the kind of problem
   * @param message what is wrong
   * @param remedy what to do about it
   * @return the problem
   */
  public static Problem of(ProblemCode code, String message, String remedy) {
    return new Problem(code, Optional.empty(), message, remedy);
  }

  /**
   * Returns the problem of a service provider that could not be loaded.
   *
   * @param reason the reason that the JVM gives
   * @return the problem ({@link ProblemCode#BACKEND_BROKEN})
   */
  public static Problem ofBrokenProvider(String reason) {
    return of(
        ProblemCode.BACKEND_BROKEN,
        "A provider could not be loaded: " + reason + ".",
        "Repair or remove the jar that names it; the other providers are used meanwhile.");
  }

  /** Returns the problem as one line: {@code code: path: message. remedy}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder(code.id()).append(": ");
    path.ifPresent(p -> line.append(p).append(": "));
    return line.append(message).append(' ').append(remedy).toString();
  }
}
