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
 * A Java home that lets any user mount. Its {@code bin/java} runs each program in its own user and
 * mount namespace, where the kernel backend can mount and views have real paths. Everything else in
 * it links to an existing Java home. Use it wherever a Java home or a program {@code java} can be
 * set: in a shell, as Surefire's {@code <jvm>}, or as the {@code executable} of a Gradle test task.
 *
 * <p>Nobody else sees what such a program mounts, and the mounts end with the program. Where a
 * process may mount anyway, as root may, {@code bin/java} runs without a namespace.
 */
public final class NamespaceJavaHome {
  private static final Set<PosixFilePermission> RUN_BY_ALL =
      PosixFilePermissions.fromString("rwxr-xr-x");

  /** Only the owner may replace the program that others run, whatever the umask is. */
  private static final FileAttribute<Set<PosixFilePermission>> RUN_BY_ALL_ATTRIBUTE =
      PosixFilePermissions.asFileAttribute(RUN_BY_ALL);

  private NamespaceJavaHome() {}

  /**
   * Creates a Java home, and prints the path of its program {@code java}.
   *
   * @param arguments the directory to create it in
   * @throws OverlayException as {@link #create} does
   */
  public static void main(String[] arguments) throws OverlayException {
    if (arguments.length != 1) {
      throw new IllegalArgumentException("exactly one argument is expected: a directory");
    }
    System.out.println(create(Path.of(arguments[0])));
  }

  /**
   * Creates a Java home linked to this JVM's. One that an earlier call created there is replaced.
   *
   * @param directory where to create it
   * @return the path of its program {@code java}
   * @throws OverlayException if programs cannot get a namespace here ({@link
   *     ProblemCode#USER_NAMESPACES_FORBIDDEN}, {@link ProblemCode#PROGRAM_MISSING}), or the
   *     directory cannot be written ({@link ProblemCode#DIRECTORY_NOT_CREATED})
   */
  public static Path create(Path directory) throws OverlayException {
    return create(directory, Path.of(System.getProperty("java.home")));
  }

  static Path create(Path directory, Path javaHome) throws OverlayException {
    Optional<Problem> problem = NativeAccess.accessProblem().or(JavaLauncher::findProblem);
    if (problem.isPresent()) {
      throw new OverlayException(problem.get());
    }
    try {
      Path home = Files.createDirectories(directory.toAbsolutePath(), RUN_BY_ALL_ATTRIBUTE);
      Path real = javaHome.toRealPath();
      linkEntry(real, home, "bin");
      Path bin = Files.createDirectories(home.resolve("bin"), RUN_BY_ALL_ATTRIBUTE);
      linkEntry(real.resolve("bin"), bin, "java");
      return writeLauncher(
          bin.resolve("java"), JavaLauncher.launchScript(real.resolve("bin/java")));
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.DIRECTORY_NOT_CREATED,
                  directory,
                  "A Java home cannot be created there: " + e + ".",
                  "Name a directory that does not exist yet, or a Java home made by this class.")),
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

  /** Replaces the program by a rename; processes that run the old one keep it. */
  private static Path writeLauncher(Path program, String script) throws IOException {
    if (Files.exists(program, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(program)) {
      throw new IOException(program + " exists and is not a regular file");
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
