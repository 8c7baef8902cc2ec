package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerEntries;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Folds the upper of a view into its lower: deletes from the lower what was deleted in the view,
 * moves what was written, and leaves the upper empty but for its private paths, so that it can be
 * mounted again. Immutable.
 *
 * <pre>{@code
 * MergeReport report = OverlayMerge.of(spec).run();
 * }</pre>
 *
 * <p>No view over these layers may be mounted meanwhile, and a merge refuses to start when one is.
 * What the view shows never changes, whenever the merge is cut off; see the {@linkplain
 * dev.overlays.merge package}. This version merges into one lower, on the mount that the upper is
 * on, and refuses what it does not handle before it changes anything.
 */
public final class OverlayMerge {
  private final OverlaySpec spec;
  private final MergeListener listener;
  private final LayerStore store;

  private OverlayMerge(OverlaySpec spec, MergeListener listener, LayerStore store) {
    this.spec = spec;
    this.listener = listener;
    this.store = store;
  }

  /**
   * Returns the merge of a view.
   *
   * @param spec as the view is mounted; the mount point does not matter
   * @return a merge that nobody listens to
   */
  public static OverlayMerge of(OverlaySpec spec) {
    return new OverlayMerge(Objects.requireNonNull(spec, "spec"), null, null);
  }

  /**
   * Returns this merge with a listener.
   *
   * @param newListener hears of each entry, in the thread that merges
   * @return a new merge
   */
  public OverlayMerge listener(MergeListener newListener) {
    return new OverlayMerge(spec, Objects.requireNonNull(newListener, "listener"), store);
  }

  /**
   * Returns this merge through a layer store of the caller's choice, in place of the best one that
   * is found for the layers.
   *
   * @param newStore opens both layers
   * @return a new merge
   */
  public OverlayMerge store(LayerStore newStore) {
    return new OverlayMerge(spec, listener, Objects.requireNonNull(newStore, "store"));
  }

  /**
   * Tells what {@link #run()} would do, and changes nothing. May be asked while the view is
   * mounted; then it tells of some moment, and does not tell that the view is in the way.
   *
   * @return what would be done
   * @throws OverlayException if a merge would be refused
   */
  public MergeReport dryRun() throws OverlayException {
    return run(true);
  }

  /**
   * Merges.
   *
   * @return what was done
   * @throws OverlayException if the merge is refused, and nothing was changed: the layers are in
   *     use ({@link ProblemCode#LAYER_IN_USE}, {@link ProblemCode#LAYER_LOCKED}), are missing or
   *     hold something that this version does not merge ({@code MERGE_*}); or if an operation
   *     failed on the way ({@link ProblemCode#MERGE_STOPPED}), and the rest is still in the upper
   */
  public MergeReport run() throws OverlayException {
    return run(false);
  }

  private MergeReport run(boolean dryRun) throws OverlayException {
    try {
      LayerStore opener = store != null ? store : LayerStore.of(spec.lowers().get(0));
      try (Layers layers = Layers.open(spec, opener, !dryRun)) {
        Tally tally = new Tally(listener);
        PrivateTree privates = PrivateTree.of(spec.privatePaths());
        refuse(opener, layers, privates);
        Changes changes = new Changes(dryRun, layers.marks());
        new MergeWalk(changes, layers.marks(), tally)
            .roots(layers.upper(), layers.lower(), privates);
        return tally.report(dryRun);
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(stopped(e)), e);
    }
  }

  private void refuse(LayerStore opener, Layers layers, PrivateTree privates) throws IOException {
    List<Problem> problems = new ArrayList<>(LayerCheck.check(layers));
    problems.addAll(WorkCheck.check(spec, opener));
    if (problems.isEmpty()) {
      problems.addAll(MarkCheck.check(layers.upper(), privates, layers.marks()));
    }
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  private static Problem stopped(IOException e) {
    Optional<Path> path = Optional.empty();
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::path);
      reason = LayerCheck.reason(f);
    }
    return new Problem(
        ProblemCode.MERGE_STOPPED,
        path,
        "The merge stopped here: " + reason + ". What the view shows is unchanged.",
        "Remove the cause and run the merge again: it goes on with the rest.");
  }
}
