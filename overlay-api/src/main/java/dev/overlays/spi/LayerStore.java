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
   * @return a short name in small letters
   */
  String name();

  /**
   * Returns how early this store is asked; the highest first, equals by name. The native store has
   * 100.
   *
   * @return the priority
   */
  int priority();

  /**
   * Tells why this store does not serve a path: another operating system, or a foreign file system
   * provider. Must not fail, whatever is missing.
   *
   * @param root where a layer is
   * @return why another store should be asked; empty if this one serves the path
   */
  Optional<Problem> declines(Path root);

  /**
   * Opens the root of a layer. Symbolic links on the way to it are followed, as a mount would.
   *
   * @param root where the layer is
   * @return a new handle, to be closed
   * @throws IOException if it cannot be opened, or is not a directory; as {@link LayerDirectory}
   *     says
   */
  LayerDirectory open(Path root) throws IOException;

  /**
   * Claims the layers of specs for a change behind every view: makes sure that no mounted overlay
   * uses any of them, in any mount namespace that can be seen, and that nobody mounts, claims or
   * {@linkplain #hold holds} them through this library until the claim is closed. A claim ends with
   * the process at the latest.
   *
   * <p>Claims and holds of the native store are locks of flock(2) on the directories of the layers,
   * which whoever may open a directory for reading can take: so can another user, who keeps merges
   * and mounts away thereby. No lock is ever passed over, since that could cost data; the refusal
   * names the process that has it. Layers that others must not hold up are directories that others
   * cannot open: by their own mode, or by that of a directory above them. Instances that this
   * library creates have such a work directory, and what is locked otherwise (the directory of a
   * JVM, boot files) is locked where nobody but its user has access.
   *
   * @param specs whose lowers, uppers and work directories are claimed; they may share some
   * @return the claim, to be closed
   * @throws OverlayException if a layer is in use ({@link ProblemCode#LAYER_IN_USE}), claimed by
   *     another or held by a view that cannot be told from a claim ({@link
   *     ProblemCode#LAYER_LOCKED}), or this cannot be found out
   */
  Closeable claim(List<OverlaySpec> specs) throws OverlayException;

  /**
   * Claims the layers of one spec.
   *
   * @param spec whose layers are claimed
   * @return the claim, to be closed
   * @throws OverlayException as {@link #claim(List)}
   */
  default Closeable claim(OverlaySpec spec) throws OverlayException {
    return claim(List.of(spec));
  }

  /**
   * Holds the layers of a view for as long as it is mounted: other views may share the lowers, but
   * nobody claims any of these layers, or holds the upper or the work directory for another view,
   * until the hold is closed. A backend whose mounts no mount table shows needs this, or a merge
   * would change the layers behind its views. A hold ends with the process at the latest.
   *
   * @param spec whose lowers, upper and work directory are held; they all exist
   * @return the hold, to be closed when the view is unmounted
   * @throws OverlayException if another view has the upper or the work directory ({@link
   *     ProblemCode#UPPER_IN_USE}, {@link ProblemCode#WORK_IN_USE}), somebody has claimed a layer,
   *     or it cannot be told which of the two it is ({@link ProblemCode#LAYER_LOCKED}), or a layer
   *     is not there
   */
  Closeable hold(OverlaySpec spec) throws OverlayException;

  /**
   * Makes sure that the paths of a spec lead to its layers, and not to the view: it may be mounted
   * over one of them. Then what is at the path of a lower is what the upper has made of it, and
   * comparing the two tells nonsense.
   *
   * @param spec whose layers are going to be read
   * @throws OverlayException if a layer is hidden ({@link ProblemCode#LAYER_HIDDEN})
   */
  default void requireVisible(OverlaySpec spec) throws OverlayException {}

  /**
   * Returns the best store that serves a path.
   *
   * @param root where a layer is
   * @return the store
   * @throws OverlayException if there is none ({@link ProblemCode#LAYER_STORE_MISSING}), with the
   *     reason of each
   */
  static LayerStore of(Path root) throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (LayerStore store : LayerStores.working()) {
      Optional<Problem> no = store.declines(root);
      if (no.isEmpty()) {
        return store;
      }
      problems.add(no.get());
    }
    problems.addAll(LayerStores.broken());
    // The first one asked declines for another reason than that the path is not its business.
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
