package dev.overlays.linux.rootless;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.mount.LayerHandles;
import dev.overlays.linux.mount.MountHolders;
import dev.overlays.linux.mount.RetryBackoff;
import dev.overlays.linux.namespace.CommandResult;
import dev.overlays.linux.namespace.UserNamespace;
import dev.overlays.linux.syscall.FileId;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A view in a namespace of this JVM, known by its mount ID. When that mount is gone, whoever
 * unmounted it, the view is gone. Programs see it at another place: see {@link ProgramPlaces}.
 */
public final class RootlessMount implements OverlayMount {
  /** The name of the backend. */
  public static final String BACKEND = "rootless";

  /** The views that hold locks and places. */
  private static final Set<RootlessMount> HOLDING = ConcurrentHashMap.newKeySet();

  private final OverlaySpec spec;
  private final SharedNamespace.NamespaceLease lease;
  private final ViewPlace place;
  private final Optional<MountPointClaim> mountPoint;
  private final FileId id;
  private final LayerHandles layers;
  private final ViewCopies copies;
  private volatile boolean gone;

  /**
   * Makes the handle of a mount.
   *
   * @param mountPoint released when the view is gone
   * @param id an identity of the root of the view
   */
  RootlessMount(
      MountAttempt attempt,
      SharedNamespace.NamespaceLease lease,
      Optional<MountPointClaim> mountPoint,
      FileId id,
      LayerHandles layers) {
    this.spec = attempt.viewSpec();
    this.place = attempt.viewPlace();
    this.lease = lease;
    this.mountPoint = mountPoint;
    this.id = id;
    this.layers = layers;
    copies = new ViewCopies(place, spec.propagation());
    HOLDING.add(this);
  }

  @Override
  public Path root() {
    return place.pathSeenHere();
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public String backend() {
    return BACKEND;
  }

  @Override
  public boolean isMounted() {
    return !gone && viewNamespace().isAlive() && isOnTop();
  }

  /**
   * Releases the locks and the places of views that nobody has closed, but that are gone, for
   * instance since the process that holds their namespace was killed.
   */
  static void releaseGoneViews() {
    HOLDING.forEach(RootlessMount::releaseIfGone);
  }

  private synchronized void releaseIfGone() {
    if (!isMounted()) {
      releaseResources();
    }
  }

  private void releaseResources() {
    if (gone) {
      return;
    }
    gone = true;
    HOLDING.remove(this);
    layers.close();
    mountPoint.ifPresent(MountPointClaim::close);
    lease.programPlaces().removeView(this);
    place.removeDirectories();
    lease.close();
  }

  private boolean isOnTop() {
    return id.isMountedAt(PathBytes.of(root()));
  }

  private UserNamespace viewNamespace() {
    return place.viewNamespace();
  }

  boolean hasMountPointBelow(Path directory) {
    return mountPoint.isPresent() && mountPoint.get().mountPoint().startsWith(directory);
  }

  /** Whether the mount point is in another view, which only this process sees. */
  private boolean isInAnotherView() {
    return mountPoint.isPresent() && UserNamespace.isOwn(mountPoint.get().mountPoint());
  }

  private Path placeForPrograms() throws OverlayException {
    return mountPoint.isPresent() && !isInAnotherView()
        ? mountPoint.get().mountPoint()
        : lease.programPlaces().placesDirectory().resolve(place.placeName());
  }

  /** Shows the view where it must be visible before any program starts. */
  synchronized void showAtMountPoint() throws OverlayException {
    if (isInAnotherView()) {
      copies.addCopy(mountPoint.get().mountPoint());
    }
    lease.programPlaces().addView(this);
  }

  /** Shows the view to programs, unless it is shown already. */
  synchronized void showToPrograms() throws OverlayException {
    Path shown = placeForPrograms();
    if (!copies.hasCopy(shown) && isMounted()) {
      copies.addCopy(shown);
    }
  }

  @Override
  public ProcessBuilder command(List<String> command) {
    try {
      if (!isMounted()) {
        throw new OverlayException(ProgramPlaces.notShownProblem("it is not mounted any more"));
      }
      lease.programPlaces().showAllViews();
      showToPrograms();
      return new ProcessBuilder(viewNamespace().enteringCommand(placeForPrograms(), command));
    } catch (OverlayException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Path pathInside(Path path) {
    try {
      return isMounted() && path.startsWith(root())
          ? placeForPrograms().resolve(root().relativize(path))
          : path;
    } catch (OverlayException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close(UnmountOptions options) throws OverlayException {
    boolean unmounted = RetryBackoff.retryUnmount(options, this::tryToUnmount, this::holders);
    if (!unmounted && options.lazy()) {
      copies.removeLazily();
      unmounted =
          viewNamespace().run(MountCommands.lazyUnmountCommand(place.pathInside())).hasSucceeded();
    }
    if (!unmounted) {
      throw busyRefusal();
    }
    releaseResources();
  }

  /** Unmounts the view; false if its users keep it mounted. */
  private boolean tryToUnmount() throws OverlayException {
    if (!isMounted()) {
      return true;
    }
    // Check holders first: while the copies go one by one, no program may reach what they cover.
    boolean kept = !copies.allCopies().isEmpty() && !holders().isEmpty();
    if (kept || !copies.removeCopies()) {
      return false;
    }
    CommandResult answer = viewNamespace().run(MountCommands.unmountCommand(place.pathInside()));
    // An earlier command may have unmounted it after the shell was stopped for a while.
    if (answer.hasSucceeded() || !isMounted()) {
      return true;
    }
    copies.restoreCopies();
    if (answer.failedBusy()) {
      return false;
    }
    throw new OverlayException(
        Problem.of(
            ProblemCode.UNMOUNT_REFUSED,
            root(),
            "The kernel refuses to unmount: " + answer.words() + ".",
            "Look at /proc/" + viewNamespace().processId() + "/mountinfo, and report this."));
  }

  @Override
  public List<Problem> holders() {
    if (!isMounted()) {
      return List.of();
    }
    List<Problem> holders =
        new ArrayList<>(
            MountHolders.holdersIn(viewNamespace().processId(), place.pathInside(), root(), id));
    for (ViewCopies.ViewCopy copy : copies.allCopies()) {
      holders.addAll(
          MountHolders.holdersIn(
              viewNamespace().processId(),
              copy.path(),
              viewNamespace().pathSeenHere(copy.path()),
              copy.id()));
    }
    return holders;
  }

  private OverlayException busyRefusal() {
    return MountHolders.busyRefusal(root(), holders());
  }

  @Override
  public synchronized void remount(boolean readOnly) throws OverlayException {
    if (!readOnly && !spec.hasUpper()) {
      throw new OverlayException(
          remountProblem("There is no upper that could take what is written."));
    }
    if (!isMounted()) {
      throw new OverlayException(remountProblem("It is not mounted any more."));
    }
    CommandResult answer = viewNamespace().run(copies.remountCommand(spec, readOnly));
    if (answer.hasSucceeded()) {
      return;
    }
    if (readOnly) {
      viewNamespace().run(copies.remountCommand(spec, false));
    }
    throw answer.failedBusy()
        ? busyRefusal()
        : new OverlayException(remountProblem(answer.words() + "."));
  }

  private Problem remountProblem(String why) {
    return Problem.of(
        ProblemCode.REMOUNT_REFUSED,
        root(),
        "The view cannot be changed: " + why,
        "Unmount it, and mount it as it should be.");
  }

  @Override
  public String toString() {
    return "RootlessMount[" + root() + ", " + spec + "]";
  }
}
