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
 * The programs of the machine. A process with root's rights starts only what nobody but root can
 * exchange, wherever its PATH leads: the program and every directory on the way to it belong to
 * root, and are writable by nobody else unless only owners can remove what is in them (the sticky
 * bit). Others start what their PATH names first, as a shell would.
 */
public final class TrustedProgram {
  /** Where programs may be, although the PATH of a user does not name it. */
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
   * @return where it is; empty if it is not installed, or only where it cannot be trusted
   */
  public static Optional<Path> findProgram(String name) {
    return findProgram(name, trustedDirectories());
  }

  /**
   * Finds a program in some directories.
   *
   * @param name its name
   * @param directories absolute paths, the first one first
   * @return where it is; empty if it is not there, or only where it cannot be trusted
   */
  public static Optional<Path> findProgram(String name, Collection<String> directories) {
    boolean any = mayBeAnybodys();
    return directories.stream()
        .map(directory -> Path.of(directory, name))
        .filter(program -> Files.isExecutable(program) && (any || isRoots(program)))
        .findFirst();
  }

  /**
   * Tells where a program is that {@link #findProgram(String)} passes over.
   *
   * @param name its name
   * @return a sentence; empty if there is none
   */
  public static Optional<String> whyDistrusted(String name) {
    return trustedDirectories().stream()
        .map(directory -> Path.of(directory, name))
        .filter(program -> Files.isExecutable(program) && !mayBeAnybodys() && !isRoots(program))
        .findFirst()
        .map(
            program ->
                program
                    + " is there, but others than root can exchange it, so root does not run it.");
  }

  /**
   * Returns the directories in which programs are looked for.
   *
   * @return absolute paths: those of PATH, then the usual ones
   */
  public static Set<String> trustedDirectories() {
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
   * @return directories; for a process with root's rights those only that are root's alone
   */
  public static String searchPath() {
    boolean any = mayBeAnybodys();
    return String.join(
        ":", trustedDirectories().stream().filter(name -> any || isRoots(Path.of(name))).toList());
  }

  /** In a user namespace of its own a process has no more rights than who has made it. */
  private static boolean mayBeAnybodys() {
    return ThreadPrivilege.inUserNamespace()
        || (ThreadPrivilege.effectiveUser() != ROOT && !ThreadPrivilege.mayMount());
  }

  /** Whether nobody but root can exchange what is at a path, nor what its links lead through. */
  static boolean isRoots(Path path) {
    try {
      return isRootsByName(path.toAbsolutePath()) && isRootsByName(path.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isRootsByName(Path path) throws IOException {
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
