package dev.overlays.linux.runtime;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.DescriptorLock;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The directory in which this JVM mounts views that were given no mount point. It contains a tmpfs
 * with all these mount points, so one lazy unmount of the tmpfs unmounts all of them. A {@link
 * MountGuardian} does this when the JVM has ended; if both were killed, the next JVM of the same
 * user cleans up.
 *
 * <p>A living JVM holds a lock on its directory. The lock is on the directory below the tmpfs,
 * which every mount namespace sees: removing a directory unmounts whatever other namespaces have
 * mounted on it. Source: rmdir(2) since Linux 3.18, mount_namespaces(7).
 */
public final class ProcessDirectory {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");
  private static final String MOUNTS = "mounts";
  private static final int ATTEMPTS = 100;
  private static final AtomicLong NEXT = new AtomicLong(1);
  private static ProcessDirectory current;

  private final Path directory;
  private final Path mounts;
  private final Descriptor lock;
  private FileId id;
  private MountGuardian guardian;

  private ProcessDirectory(Path directory, Descriptor lock) {
    this.directory = directory;
    this.mounts = directory.resolve(MOUNTS);
    this.lock = lock;
  }

  /**
   * Creates a mount point. The caller removes it when nothing is mounted there any more. This JVM
   * never reuses a name, so that an old path never leads to a new view.
   *
   * @param kind the prefix of its name, for readers of a mount table
   * @return the real path of an empty directory
   * @throws OverlayException if it cannot be created ({@link
   *     ProblemCode#RUNTIME_DIRECTORY_MISSING})
   */
  public static Path createMountPoint(String kind) throws OverlayException {
    try {
      return Files.createDirectory(
          ofThisProcess().mounts.resolve(kind + "-" + NEXT.getAndIncrement()),
          RuntimeDirectory.OWNERS);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.RUNTIME_DIRECTORY_MISSING,
                  "No mount point can be created for the view: " + e + ".",
                  "Look at the directory, or name a mount point.")),
          e);
    }
  }

  private static synchronized ProcessDirectory ofThisProcess() throws IOException {
    if (current == null || !current.id.isMountedAt(PathBytes.of(current.mounts))) {
      ProcessDirectory lost = current;
      current = createDirectory(RuntimeDirectory.findDirectory());
      if (lost != null) {
        // Another process has unmounted the tmpfs.
        removeDirectory(lost.directory);
        lost.lock.close();
      }
    } else if (!current.guardian.isAlive()) {
      current.guardian = MountGuardian.startGuardian(current.directory, current.mounts);
    }
    return current;
  }

  private static ProcessDirectory createDirectory(Path runtime) throws IOException {
    removeLeftovers(runtime);
    ProcessDirectory made = claimDirectory(runtime);
    try {
      made.prepareTmpfs();
      return made;
    } catch (IOException | RuntimeException | Error e) {
      removeDirectory(made.directory);
      made.lock.close();
      throw e;
    }
  }

  /** Creates and locks a directory. Until it is locked, another JVM may remove it as a leftover. */
  private static ProcessDirectory claimDirectory(Path runtime) throws IOException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      String name =
          ProcessHandle.current().pid() + "-" + UUID.randomUUID().toString().substring(0, 8);
      Path directory = Files.createDirectory(runtime.resolve(name), RuntimeDirectory.OWNERS);
      Descriptor lock = lockIfThere(directory);
      if (lock != null) {
        return new ProcessDirectory(directory, lock);
      }
    }
    throw new IOException(runtime + ": new directories in it vanish at once");
  }

  /** Locks a directory; returns null if another process has the lock or the directory is gone. */
  static Descriptor lockIfThere(Path directory) throws IOException {
    Descriptor lock = null;
    try {
      lock =
          Descriptor.open(directory, OpenFlags.RDONLY | OpenFlags.DIRECTORY | OpenFlags.NOFOLLOW);
      boolean locked =
          DescriptorLock.tryExclusive(lock)
              && FileId.of(lock).isSameFile(FileId.of(PathBytes.of(directory)));
      if (locked) {
        Descriptor kept = lock;
        lock = null;
        return kept;
      }
      return null;
    } catch (IOException e) {
      if (Files.exists(directory)) {
        throw e;
      }
      return null;
    } finally {
      if (lock != null) {
        lock.close();
      }
    }
  }

  private void prepareTmpfs() throws IOException {
    Files.createDirectory(mounts, RuntimeDirectory.OWNERS);
    TmpfsMount.mountTmpfs(mounts, OptionalLong.empty());
    id = FileId.of(PathBytes.of(mounts));
    guardian = MountGuardian.startGuardian(directory, mounts);
  }

  /** Removes what JVMs have left that were killed together with their guardians. */
  private static void removeLeftovers(Path runtime) throws IOException {
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(runtime)) {
      for (Path directory : directories) {
        try (Descriptor lock = lockIfThere(directory)) {
          if (lock != null) {
            LOG.log(System.Logger.Level.INFO, "unmounts what a killed JVM has left: " + directory);
            removeDirectory(directory);
          }
        } catch (IOException e) {
          // This is not a directory of a JVM, and does no harm.
          LOG.log(System.Logger.Level.WARNING, "left as it is: " + directory, e);
        }
      }
    }
  }

  private static void removeDirectory(Path directory) {
    Path mounts = directory.resolve(MOUNTS);
    TmpfsMount.unmountLazily(mounts);
    try {
      Files.deleteIfExists(mounts);
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left behind: " + directory, e);
    }
  }
}
