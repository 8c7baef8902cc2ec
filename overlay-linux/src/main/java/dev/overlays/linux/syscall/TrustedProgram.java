package dev.overlays.linux.syscall;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Finds installed programs. A process with root's rights starts only programs that nobody but root
 * can replace, whatever its PATH contains: the program and every directory above it belong to root,
 * and nobody else can write to them, unless the sticky bit lets only owners remove entries. Other
 * processes start the first program in their PATH, as a shell would.
 */
public final class TrustedProgram {
  /** Directories that are searched although the PATH of a user may not name them. */
  private static final List<String> USUAL =
      List.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin");

  private static final int WRITABLE_BY_OTHERS = 022;
  private static final int STICKY = 01000;
  private static final int ROOT = 0;

  private TrustedProgram() {}

  /**
   * Finds a program.
   *
   * @param name its name
   * @return its path; empty if it is not installed, or only at places that cannot be trusted
   */
  public static Optional<Path> findProgram(String name) {
    return findProgram(name, searchDirectories());
  }

  /**
   * Finds a program in some directories.
   *
   * @param name its name
   * @param directories absolute paths, in search order
   * @return its path; empty if it is not there, or only at places that cannot be trusted
   */
  public static Optional<Path> findProgram(String name, Collection<String> directories) {
    boolean any = trustsEveryOwner();
    return directories.stream()
        .map(directory -> Path.of(directory, name))
        .filter(program -> Files.isExecutable(program) && (any || isRootsAlone(program)))
        .findFirst();
  }

  /**
   * Describes a program that {@link #findProgram(String)} skips because it cannot be trusted.
   *
   * @param name its name
   * @return a sentence; empty if there is none
   */
  public static Optional<String> whyDistrusted(String name) {
    return searchDirectories().stream()
        .map(directory -> Path.of(directory, name))
        .filter(
            program -> Files.isExecutable(program) && !trustsEveryOwner() && !isRootsAlone(program))
        .findFirst()
        .map(
            program ->
                program + " is there, but not only root can replace it, so root does not run it.");
  }

  /**
   * Returns the directories in which programs are searched.
   *
   * @return absolute paths: those of PATH, then the standard ones
   */
  public static Set<String> searchDirectories() {
    Set<String> directories = new LinkedHashSet<>();
    for (String directory : Objects.requireNonNullElse(System.getenv("PATH"), "").split(":", -1)) {
      if (directory.startsWith("/")) {
        directories.add(directory);
      }
    }
    directories.addAll(USUAL);
    return directories;
  }

  /**
   * Returns the value of PATH for a child that is to find the same programs.
   *
   * @return the directories; for a process with root's rights only those that nobody but root can
   *     change
   */
  public static String searchPath() {
    boolean any = trustsEveryOwner();
    return String.join(
        ":",
        searchDirectories().stream().filter(name -> any || isRootsAlone(Path.of(name))).toList());
  }

  /** Inside a user namespace a process has no more rights than the user who created it. */
  private static boolean trustsEveryOwner() {
    return ThreadPrivilege.inUserNamespace()
        || (ThreadPrivilege.effectiveUser() != ROOT && !ThreadPrivilege.mayMount());
  }

  /**
   * Whether nobody but root can replace the file at a path, or any directory or link on the way to
   * it.
   */
  static boolean isRootsAlone(Path path) {
    try {
      return isRootsAloneByName(path.toAbsolutePath()) && isRootsAloneByName(path.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isRootsAloneByName(Path path) throws IOException {
    for (Path place = path; place != null; place = place.getParent()) {
      Map<String, Object> found =
          Files.readAttributes(
              place, "unix:uid,mode,isDirectory,isSymbolicLink", LinkOption.NOFOLLOW_LINKS);
      int mode = ((Number) found.get("mode")).intValue();
      boolean onlyRoots =
          (mode & WRITABLE_BY_OTHERS) == 0
              || found.get("isSymbolicLink").equals(true)
              || (found.get("isDirectory").equals(true) && (mode & STICKY) != 0);
      if (((Number) found.get("uid")).intValue() != ROOT || !onlyRoots) {
        return false;
      }
    }
    return true;
  }
}
