package dev.overlays.spi;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Opens the directories of layers. Implementations are found by {@link java.util.ServiceLoader},
 * have a public no-argument constructor that does nothing that could fail, and are thread-safe. See
 * the {@linkplain dev.overlays.spi package}.
 */
public interface LayerStore {

  /**
   * Returns a name for messages.
   *
   * @return a short name in lower case
   */
  String name();

  /**
   * Returns the priority of this store. The store with the highest priority is asked first; stores
   * of equal priority are asked in the order of their names. The native store has 100.
   *
   * @return the priority
   */
  int priority();

  /**
   * Tells why this store does not serve a path: another operating system, or a foreign file system
   * provider. Must not throw, whatever is missing.
   *
   * @param root where a layer is
   * @return why another store should be asked; empty if this one serves the path
   */
  Optional<Problem> whyDeclined(Path root);

  /**
   * Opens the root of a layer. Symbolic links in its path are followed, as by a mount.
   *
   * @param root where the layer is
   * @return a new handle, to be closed
   * @throws IOException if it cannot be opened, or is not a directory; the exceptions are those of
   *     {@link LayerDirectory}
   */
  LayerDirectory open(Path root) throws IOException;

  /**
   * Claims the layers of specs, so that they can be changed: makes sure that no mounted overlay
   * uses any of them, in any visible mount namespace, and that nobody mounts, claims or {@linkplain
   * #hold holds} them through this library until the claim is closed. A claim ends with the process
   * at the latest.
   *
   * <p>Claims and holds of the native store are locks of flock(2) on the directories of the layers.
   * Everybody who may open a directory for reading can take such a lock, so another user can block
   * merges and mounts. No lock is ever ignored, since that could cost data; the refusal names the
   * process that has it. To prevent others from blocking layers, make sure that they cannot open
   * the directories: by the mode of the directories, or of a directory above them. Instances that
   * this library creates have such a work directory, and other locks (the directory of a JVM, boot
   * files) are taken where only the user has access.
   *
   * <p>No machine sees the locks of another on directories. For a lower on a file system that
   * machines share (NFS, CIFS, CephFS, GlusterFS and others that carry byte-range locks between
   * them, told by statfs(2)) the native store therefore also locks a file beside it, {@code
   * .NAME.overlays-lock}: views take shared locks, and claims the exclusive one, with a record that
   * says who and since when. The file stays; do not remove it while a machine has views. If the
   * lower is the root of a bind mount, the file is looked for in other mounts of the file system; a
   * container that was given the lower alone sees no place for it, so that the lower can be mounted
   * there, which others do not see, but not claimed ({@link ProblemCode#LAYER_LOCK_MISSING}): give
   * it the directory above. More file systems, by their types in mount tables and separated by
   * commas, can be named in the system property {@code dev.overlays.sharedFileSystems}.
   *
   * <p>These locks cannot be held for views that this library has not mounted (boot entries,
   * mount(8)), for views that were unmounted lazily and are still used, or after the lock keeper of
   * a view was killed, as a service manager does that ends all processes of a service; and a server
   * may forget them when it restarts, as the bricks of GlusterFS do. {@link #findSharing} shows who
   * is seen. Unmount other views before a machine merges.
   *
   * <p>A machine that has lost its network for longer than the server waits has lost its locks, and
   * is not told so: another machine may merge, and the views of the first show, when the network is
   * back, parts of what was there before, or fail with ESTALE. They are not seen any more until
   * they are mounted again, and the status of a cache names them. A claim is asked for while it is
   * used ({@link #requireClaimed}).
   *
   * @param specs the specs whose lowers, uppers and work directories are claimed; specs may share
   *     layers
   * @return the claim, to be closed
   * @throws OverlayException if a layer is in use ({@link ProblemCode#LAYER_IN_USE}), if somebody
   *     else has claimed it or holds it in a way that cannot be distinguished from a claim ({@link
   *     ProblemCode#LAYER_LOCKED}), or if this cannot be found out
   */
  Closeable claim(List<OverlaySpec> specs) throws OverlayException;

  /**
   * Claims the layers of one spec.
   *
   * @param spec the spec
   * @return the claim, to be closed
   * @throws OverlayException as {@link #claim(List)}
   */
  default Closeable claim(OverlaySpec spec) throws OverlayException {
    return claim(List.of(spec));
  }

  /**
   * Makes sure that a claim still holds. Whoever changes claimed layers calls this before each
   * change of an entry. It costs nothing where a claim lasts until it is closed, as it does on the
   * file systems of one machine.
   *
   * <p>The lock on a lower that machines share may be lost before: a server gives up on a machine
   * that it has not heard of for a while (NFSv4: the lease, 90 seconds; GlusterFS: its keepalive
   * and timeout, about 40 seconds), and lets others have the lower. When the network is back, that
   * machine is told nothing, and its operations succeed again. So the native store asks the server
   * once a second whether it still knows the lock, and what was lost is not taken again. An
   * operation that is under way when the network fails is not stopped by this: on GlusterFS it
   * fails with the connection.
   *
   * @param claim what {@link #claim} of this store has returned
   * @throws OverlayException if the claim is lost ({@link ProblemCode#LAYER_LOCK_LOST}); nothing
   *     may be changed any more
   */
  default void requireClaimed(Closeable claim) throws OverlayException {}

  /**
   * Holds the layers of a view while it is mounted: until the hold is closed, other views may share
   * the lowers, but nobody can claim any of these layers, or hold the upper or the work directory
   * for another view. A backend must call this if no mount table shows its mounts; otherwise a
   * merge would change the layers of its views. A hold ends with the process at the latest.
   *
   * @param spec the spec, whose lowers, upper and work directory must exist
   * @return the hold, to be closed when the view is unmounted
   * @throws OverlayException if another view uses the upper or the work directory ({@link
   *     ProblemCode#UPPER_IN_USE}, {@link ProblemCode#WORK_IN_USE}), if somebody has claimed a
   *     layer or this cannot be distinguished ({@link ProblemCode#LAYER_LOCKED}), or if a layer
   *     does not exist
   */
  Closeable hold(OverlaySpec spec) throws OverlayException;

  /**
   * Makes sure that the paths of a spec lead to its layers, and not into the view, which may be
   * mounted over one of them. In that case the path of a lower shows the merged view, and comparing
   * the layers would give wrong results.
   *
   * @param spec the spec whose layers are going to be read
   * @throws OverlayException if a layer is hidden ({@link ProblemCode#LAYER_HIDDEN})
   */
  default void requireVisible(OverlaySpec spec) throws OverlayException {}

  /**
   * Finds out whether a layer is on a file system that several machines may have mounted, and who
   * uses it on all of them. Nothing is changed.
   *
   * @param root where the layer is
   * @return how it is shared; empty if only this machine has it
   * @throws OverlayException if the layer cannot be opened
   */
  default Optional<LayerSharing> findSharing(Path root) throws OverlayException {
    return Optional.empty();
  }

  /**
   * Returns the best store that serves a path.
   *
   * @param root where a layer is
   * @return the store
   * @throws OverlayException if there is none ({@link ProblemCode#LAYER_STORE_MISSING}), with the
   *     reason of each store
   */
  static LayerStore of(Path root) throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (LayerStore store : StoreLookup.workingStores()) {
      Optional<Problem> no = store.whyDeclined(root);
      if (no.isEmpty()) {
        return store;
      }
      problems.add(no.get());
    }
    problems.addAll(StoreLookup.brokenProviders());
    // True if the first store declines for another reason than a foreign file system provider.
    boolean mayServe =
        !problems.isEmpty() && problems.get(0).code() != ProblemCode.PATH_PROVIDER_UNSUPPORTED;
    problems.add(
        0,
        Problem.of(
            ProblemCode.LAYER_STORE_MISSING,
            root,
            "No layer store serves this path.",
            mayServe
                ? "Do what the next problem says, for the store that is meant for this path."
                : "Put overlay-linux on the class path or module path, or see the reasons that"
                    + " follow."));
    throw new OverlayException(problems);
  }
}
