package dev.overlays.linux.runtime;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.ThreadPrivilege;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The directory that holds the {@linkplain ProcessDirectory directories} of all JVMs of one user:
 * {@code /run/overlays} for root. It is that user's alone, so that nobody else can put a link or
 * another directory in the way.
 */
final class RuntimeDirectory {
  private static final String NAME = "overlays";
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");

  /** What is made in it is its owner's alone as well, whatever the umask of this process is. */
  static final FileAttribute<Set<PosixFilePermission>> OWNERS =
      PosixFilePermissions.asFileAttribute(OWNER_ONLY);

  private RuntimeDirectory() {}

  /** Returns the directory, made if it is not there. */
  static Path findDirectory() throws OverlayException {
    long user = ThreadPrivilege.effectiveUser();
    List<String> refusals = new ArrayList<>();
    for (Path candidate : candidatePaths(user)) {
      try {
        return securedDirectory(candidate, user);
      } catch (IOException e) {
        refusals.add(e.toString());
      }
    }
    throw new OverlayException(
        Problem.of(
            ProblemCode.RUNTIME_DIRECTORY_MISSING,
            "There is no directory in which a view without a mount point could be mounted: "
                + String.join("; ", refusals)
                + ".",
            "Set XDG_RUNTIME_DIR to a directory that belongs to this user, or name a mount"
                + " point."));
  }

  private static List<Path> candidatePaths(long user) {
    Path system = Path.of("/run", NAME);
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"), NAME + "-" + user);
    String own = System.getenv("XDG_RUNTIME_DIR");
    if (own == null || !own.startsWith("/")) {
      return List.of(system, temporary);
    }
    // Root's own directory below /run/user goes when root logs out.
    return user == 0
        ? List.of(system, Path.of(own, NAME), temporary)
        : List.of(Path.of(own, NAME), system, temporary);
  }

  static Path securedDirectory(Path directory, long user) throws IOException {
    try {
      Files.createDirectory(directory, OWNERS);
    } catch (FileAlreadyExistsException e) {
      // Whose it is shows below.
    }
    Map<String, Object> found =
        Files.readAttributes(
            directory, "unix:isDirectory,permissions,uid", LinkOption.NOFOLLOW_LINKS);
    boolean secure =
        found.get("isDirectory").equals(true)
            && found.get("permissions").equals(OWNER_ONLY)
            && ((Number) found.get("uid")).longValue() == user;
    if (!secure) {
      throw new FileSystemException(
          directory.toString(), null, "not a directory that belongs to this user alone");
    }
    return directory.toRealPath();
  }
}
