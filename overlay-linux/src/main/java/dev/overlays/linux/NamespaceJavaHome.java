package dev.overlays.linux;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.namespace.JavaLauncher;
import dev.overlays.linux.syscall.NativeAccess;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A Java home for ordinary users who mount: its {@code bin/java} runs each program in a user and a
 * mount namespace of its own, where the kernel backend mounts and views have real paths. All else
 * in it are links to a Java home that is there. It serves whatever is told a Java home or a program
 * {@code java}: a shell, Surefire's {@code <jvm>}, the {@code executable} of a test task of Gradle.
 *
 * <p>What such a program mounts nobody else sees, and it is gone with the program. Where a process
 * may mount anyway, as root may, {@code bin/java} is what it is in the other home.
 */
public final class NamespaceJavaHome {
  private static final Set<PosixFilePermission> RUN_BY_ALL =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /** Whoever runs the program runs what is there: nobody else may exchange it, whatever umask. */
  private static final FileAttribute<Set<PosixFilePermission>> OWNERS =
      PosixFilePermissions.asFileAttribute(RUN_BY_ALL);

  private NamespaceJavaHome() {}

  /**
   * Makes one, and prints its program {@code java}.
   *
   * @param arguments a directory
   * @throws OverlayException as {@link #create} does
   */
  public static void main(String[] arguments) throws OverlayException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException("the only argument is a directory");
    }
    System.out.println(create(Path.of(arguments[0])));
  }

  /**
   * Makes one over the Java home of this JVM. What another call has made there is made anew.
   *
   * @param directory where it is to be
   * @return its program {@code java}
   * @throws OverlayException if no program would get a namespace here ({@link
   *     ProblemCode#USER_NAMESPACES_FORBIDDEN}, {@link ProblemCode#PROGRAM_MISSING}), or the
   *     directory cannot be written ({@link ProblemCode#DIRECTORY_NOT_CREATED})
   */
  public static Path create(Path directory) throws OverlayException {
    return create(directory, Path.of(System.getProperty("java.home")));
  }

  static Path create(Path directory, Path javaHome) throws OverlayException {
    Optional<Problem> problem = NativeAccess.accessProblem().or(JavaLauncher::problemWith);
    if (problem.isPresent()) {
      throw new OverlayException(problem.get());
    }
    try {
      Path home = Files.createDirectories(directory.toAbsolutePath(), OWNERS);
      Path real = javaHome.toRealPath();
      linkEntry(real, home, "bin");
      Path bin = Files.createDirectories(home.resolve("bin"), OWNERS);
      linkEntry(real.resolve("bin"), bin, "java");
      return writeLauncher(
          bin.resolve("java"), JavaLauncher.launchScript(real.resolve("bin/java")));
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.DIRECTORY_NOT_CREATED,
                  directory,
                  "No Java home can be made there: " + e + ".",
                  "Name a directory that is not there yet, or that is one of those.")),
          e);
    }
  }

  private static void linkEntry(Path from, Path to, String but) throws IOException {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(from, entry -> !entry.endsWith(but))) {
      for (Path entry : entries) {
        Path link = to.resolve(entry.getFileName());
        if (Files.isSymbolicLink(link)) {
          Files.delete(link);
        }
        Files.createSymbolicLink(link, entry);
      }
    }
  }

  /** Those who run it meanwhile have the old one. */
  private static Path writeLauncher(Path program, String script) throws IOException {
    if (Files.exists(program, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(program)) {
      throw new IOException(program + " is something else");
    }
    Path written = Files.createTempFile(program.getParent(), "java", null);
    try {
      Files.writeString(written, script);
      Files.setPosixFilePermissions(written, RUN_BY_ALL);
      return Files.move(written, program, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
