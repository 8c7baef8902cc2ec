package dev.overlays.linux.machines;

import dev.overlays.Problem;
import dev.overlays.linux.machines.HolderRecord.LowerUse;
import dev.overlays.linux.machines.LockFile.OpenedLockFile;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The locks on those lowers that several machines share. A view holds them shared, whatever changes
 * a lower outside of a view holds them exclusive. Lowers that only this machine has cost one
 * question each (statfs(2)).
 *
 * <p>The locks end with this process, or when its machine is gone and the server's lease on its
 * locks has run out. A view that this process leaves behind is held by a {@link LockKeeper}.
 */
public final class MachineLocks implements Closeable {
  /** Looked up only when there is something to say: that sets up the logging of the JVM. */
  private static final String LOGGER = "dev.overlays.linux";

  private static final int ATTEMPTS = 10;

  private final List<LowerLock> locks = new ArrayList<>();
  private final List<HeldClaim> claims = new ArrayList<>();

  /** Creates a group without locks. */
  public MachineLocks() {}

  /**
   * Holds a lower for a view. Where there can be no lock, as in a directory that is read-only, the
   * view is made without one; a merge from this machine is refused then.
   *
   * @param lower the lower, which may be on any file system
   * @param place where the view is going to be seen; empty if nowhere
   * @return false if a merge on some machine has it
   */
  public boolean tryShare(Descriptor lower, Optional<Path> place) {
    if (!areNeededFor(lower)) {
      return true;
    }
    HolderRecord holder = recordOf(LowerUse.VIEW, place);
    try {
      return tryLock(lower, lock -> lock.tryShare(holder));
    } catch (IOException e) {
      System.getLogger(LOGGER)
          .log(
              System.Logger.Level.WARNING,
              "other machines do not see that a view uses "
                  + describe(lower)
                  + ": "
                  + e.getMessage());
      return true;
    }
  }

  private static String describe(Descriptor lower) {
    try {
      return lower.targetPath().toString();
    } catch (SyscallException e) {
      return "a lower";
    }
  }

  /**
   * Holds a lower for a change outside of any view. One that is read-only here cannot be changed,
   * so it is held as a view holds it.
   *
   * @param lower the lower, which may be on any file system
   * @param path its path, for the problem
   * @return why it cannot be held; empty if it is
   */
  public Optional<Problem> claim(Descriptor lower, Path path) {
    if (!areNeededFor(lower)) {
      return Optional.empty();
    }
    HolderRecord holder = recordOf(LowerUse.MERGE, Optional.empty());
    try {
      if (FileSystemInfo.of(lower).readOnly()) {
        return share(lower, path, Optional.empty());
      }
      if (!tryLock(lower, lock -> lock.tryClaim(holder))) {
        return Optional.of(LockProblems.lowerInUse(path, listHolders(lower)));
      }
      claims.add(new HeldClaim(locks.get(locks.size() - 1), path));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(LockProblems.lockMissing(path, e));
    }
  }

  /**
   * Finds a lower whose exclusive lock was lost.
   *
   * @return the problem; empty if all are still held
   */
  public Optional<Problem> findLost() {
    for (HeldClaim claim : claims) {
      Optional<Problem> lost = claim.findLost();
      if (lost.isPresent()) {
        return lost;
      }
    }
    return Optional.empty();
  }

  /**
   * Finds a merge that keeps a lower from being mounted.
   *
   * @param lower the lower, which may be on any file system
   * @param path its path, for the problem
   * @return the problem; empty if there is none
   */
  public static Optional<Problem> findMerge(Descriptor lower, Path path) {
    if (!areNeededFor(lower)) {
      return Optional.empty();
    }
    try {
      Optional<OpenedLockFile> opened = LockFile.open(lower, false);
      if (opened.isEmpty()) {
        return Optional.empty();
      }
      try (LowerLock lock = new LowerLock(opened.get())) {
        return lock.isClaimed()
            ? Optional.of(LockProblems.lowerMerged(path, lock.listHolders()))
            : Optional.empty();
      }
    } catch (IOException e) {
      // Then there is no lock for views either.
      return Optional.empty();
    }
  }

  /**
   * Holds a lower for a view, as {@link #tryShare} does.
   *
   * @param lower the lower, which may be on any file system
   * @param path its path, for the problem
   * @param place where the view is going to be seen; empty if nowhere
   * @return why it cannot be held; empty if it is, or if there can be no lock
   */
  public Optional<Problem> share(Descriptor lower, Path path, Optional<Path> place) {
    return tryShare(lower, place)
        ? Optional.empty()
        : Optional.of(
            findMerge(lower, path).orElseGet(() -> LockProblems.lowerMerged(path, List.of())));
  }

  /**
   * Returns whether a lower needs these locks.
   *
   * @param lower the lower
   * @return false if only this machine has it, or its file system carries no locks
   */
  public static boolean areNeededFor(Descriptor lower) {
    return NetworkFileSystem.carriesLocksOf(lower);
  }

  private static HolderRecord recordOf(LowerUse use, Optional<Path> place) {
    return HolderRecord.ofThisMachine(
        ProcessHandle.current().pid(), use, place.map(Path::toString).orElse(""));
  }

  /** Locks the lower in one way or another. */
  @FunctionalInterface
  private interface LockAttempt {
    boolean succeeds(LowerLock lock) throws SyscallException;
  }

  private boolean tryLock(Descriptor lower, LockAttempt attempt) throws IOException {
    for (int i = 0; i < ATTEMPTS; i++) {
      OpenedLockFile opened =
          LockFile.open(lower, true)
              .orElseThrow(
                  () ->
                      new UnplacedLockException(
                          "there is no lock file, and this process may not create one"));
      LowerLock lock = new LowerLock(opened);
      boolean kept = false;
      try {
        if (!attempt.succeeds(lock)) {
          return false;
        }
        if (LockFile.isCurrent(lower, opened.file())) {
          locks.add(lock);
          kept = true;
          return true;
        }
      } finally {
        if (!kept) {
          lock.close();
        }
      }
    }
    throw new UnplacedLockException("somebody keeps removing the lock file");
  }

  private static List<HolderRecord> listHolders(Descriptor lower) throws IOException {
    Optional<OpenedLockFile> opened = LockFile.open(lower, false);
    if (opened.isEmpty()) {
      return List.of();
    }
    try (LowerLock lock = new LowerLock(opened.get())) {
      return lock.listHolders();
    }
  }

  /**
   * Starts the processes that hold the locks of a view as long as it is mounted.
   *
   * @param mountPoint where it is going to be mounted
   * @return the processes, none for lowers that only this machine has
   * @throws IOException if one cannot be started
   */
  public LockKeepers startKeepers(Path mountPoint) throws IOException {
    LockKeepers keepers = new LockKeepers();
    try {
      for (LowerLock lock : locks) {
        LockKeeper.startKeeper(lock, mountPoint).ifPresent(keepers::add);
      }
      return keepers;
    } catch (IOException | RuntimeException | Error e) {
      keepers.end();
      throw e;
    }
  }

  @Override
  public void close() {
    for (LowerLock lock : locks) {
      lock.close();
    }
  }
}
