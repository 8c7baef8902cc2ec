package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.live.MountedSpec;
import dev.overlays.linux.machines.LockKeepers;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A view mounted by the kernel, known by its mount ID: another mount at the same place is not it.
 */
public final class KernelMount implements OverlayMount {
  /** The name of the backend. */
  public static final String BACKEND = "kernel";

  private final OverlaySpec spec;
  private final List<Problem> specProblems;
  private final Path root;
  private final FileId id;
  private final boolean ownMountPoint;

  /** Empty if another process has mounted it, and so started them. */
  private final Optional<LockKeepers> keepers;

  /** Kept because an older kernel gives the ID of the mount to another one. */
  private volatile boolean closed;

  /**
   * Makes the handle of an existing mount.
   *
   * @param spec what is mounted
   * @param root where
   * @param id an identity of its root
   * @param ownMountPoint whether this library has made the mount point, which goes with the view
   * @param keepers what holds the locks that other machines see
   */
  KernelMount(OverlaySpec spec, Path root, FileId id, boolean ownMountPoint, LockKeepers keepers) {
    this(spec, List.of(), root, id, ownMountPoint, Optional.of(keepers));
  }

  private KernelMount(
      OverlaySpec spec,
      List<Problem> specProblems,
      Path root,
      FileId id,
      boolean ownMountPoint,
      Optional<LockKeepers> keepers) {
    this.keepers = keepers;
    this.spec = spec;
    this.specProblems = specProblems;
    this.root = root;
    this.id = id;
    this.ownMountPoint = ownMountPoint;
  }

  /**
   * Lists the mounts of the kernel's overlay: those of the mount table of this process, and those
   * of this library that no table shows.
   *
   * @return a handle for each
   * @throws OverlayException if the table cannot be read
   */
  public static List<OverlayMount> listMounts() throws OverlayException {
    return UnlistedMounts.listWithTable(
        BACKEND,
        () ->
            MountTable.ofThisProcess().stream()
                .map(KernelMount::of)
                .flatMap(Optional::stream)
                .toList());
  }

  /**
   * Takes over a mount of the mount table.
   *
   * @param record the mount
   * @return its handle; empty if it is no overlay or only a part of one, or no spec can stand for
   *     it
   */
  public static Optional<OverlayMount> of(MountRecord record) {
    if (!record.isOverlay()) {
      return Optional.empty();
    }
    return MountedSpec.of(record)
        .map(
            found ->
                new KernelMount(
                    found.spec(),
                    found.problems(),
                    record.mountPoint(),
                    MountTable.identityOf(record),
                    false,
                    Optional.empty()));
  }

  @Override
  public Path root() {
    return root;
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public List<Problem> specProblems() {
    return specProblems;
  }

  @Override
  public String backend() {
    return BACKEND;
  }

  @Override
  public boolean isMounted() {
    try {
      return !closed && (isOnTop(root) || MountTable.findMount(id).isPresent());
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public synchronized void close(UnmountOptions options) throws OverlayException {
    // The first attempt needs no lambdas, each of which takes a millisecond of a new JVM.
    boolean gone =
        tryToUnmount(0) || RetryBackoff.retryUnmount(options, () -> tryToUnmount(0), this::holders);
    if (!gone && !(options.lazy() && tryToUnmount(MountCalls.MNT_DETACH))) {
      throw MountHolders.busyRefusal(currentPlace().orElse(root), holders());
    }
    closed = true;
    if (keepers.isPresent()) {
      keepers.get().endIfGone();
    } else {
      LockKeepers.endThoseOf(spec, root, id);
    }
    if (ownMountPoint) {
      removeMountPoint();
    }
  }

  /** Not what somebody else may have mounted there meanwhile. */
  private void removeMountPoint() throws OverlayException {
    try {
      Files.deleteIfExists(root);
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.UNMOUNT_REFUSED,
                  root,
                  "The view is unmounted, but its mount point cannot be removed: " + e + ".",
                  "Look at what is in it; it is removed when this process ends.")),
          e);
    }
  }

  @Override
  public List<Problem> holders() {
    try {
      return currentPlace().map(place -> MountHolders.holdersAt(place, id)).orElse(List.of());
    } catch (OverlayException e) {
      // Where another mount covers it nobody can be told apart.
      return List.of();
    }
  }

  @Override
  public List<Problem> otherMounts() {
    try {
      return currentPlace().map(ViewElsewhere::of).orElse(List.of());
    } catch (OverlayException e) {
      // Where another mount covers it nothing is unmounted either.
      return List.of();
    }
  }

  @Override
  public synchronized void remount(boolean readOnly) throws OverlayException {
    Optional<Path> place = currentPlace();
    if (place.isEmpty()) {
      throw AccessRemount.refusedRemount(root, "it is not mounted any more");
    }
    AccessRemount.remountAt(spec, place.get(), id, readOnly);
  }

  /** Whether it is gone, and not kept by its users. */
  private boolean tryToUnmount(int flags) throws OverlayException {
    Optional<Path> place = currentPlace();
    if (place.isEmpty()) {
      return true;
    }
    Errno errno = callUnmount(place.get(), flags);
    if (errno != null && errno != Errno.EBUSY) {
      throw refusedUnmount(place.get(), errno);
    }
    return errno == null;
  }

  /** Where the mount is now; empty if it is gone. */
  private Optional<Path> currentPlace() throws OverlayException {
    try {
      if (closed) {
        return Optional.empty();
      }
      if (isOnTop(root)) {
        return Optional.of(root);
      }
      Optional<MountRecord> record = MountTable.findMount(id);
      if (record.isPresent() && !isOnTop(record.get().mountPoint())) {
        throw UnmountProblems.coveredMount(record.get().mountPoint());
      }
      return record.map(MountRecord::mountPoint);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw UnmountProblems.tableUnreadable(root, e);
    }
  }

  private boolean isOnTop(Path place) {
    return id.isMountedAt(PathBytes.of(place));
  }

  private static Errno callUnmount(Path place, int flags) {
    return MountCalls.unmount(PathBytes.of(place), MountCalls.UMOUNT_NOFOLLOW | flags).orElse(null);
  }

  private static OverlayException refusedUnmount(Path place, Errno errno) {
    return new OverlayException(
        Problem.of(
            ProblemCode.UNMOUNT_REFUSED,
            place,
            "The kernel refuses to unmount: " + errno.text() + ".",
            errno == Errno.EPERM
                ? "Unmount with the rights that it was mounted with (CAP_SYS_ADMIN)."
                : "Look at the mount with findmnt, and unmount it with umount."));
  }

  @Override
  public String toString() {
    return "KernelMount[" + root + ", " + spec + "]";
  }
}
