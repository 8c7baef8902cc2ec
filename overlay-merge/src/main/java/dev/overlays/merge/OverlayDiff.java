package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerForms;
import dev.overlays.merge.diff.DiffRun;
import dev.overlays.merge.diff.DiffSpliterator;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ChangeKind;
import dev.overlays.merge.report.ChangeVisitor;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.OpeningFailure;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The changes that the upper of a view makes to what its lowers show, private paths included.
 * Immutable.
 *
 * <pre>{@code
 * try (Stream<Change> changes = OverlayDiff.of(spec).changes()) {
 *   changes.forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>The upper is read, never the view, so a diff takes as long as the upper is large. A directory
 * comes before what is in it; otherwise there is no order. Nothing is changed or locked: a diff may
 * be asked while the view is mounted, and then may or may not tell of what changes meanwhile.
 *
 * <p>What is in a new directory is told entry by entry, what was in a directory that is gone or
 * replaced by another kind of entry is not. A directory whose time alone has changed is no change.
 */
public final class OverlayDiff {
  private final OverlaySpec spec;
  private final LayerStore store;
  private final boolean comparing;
  private final int workers;

  private OverlayDiff(OverlaySpec spec, LayerStore store, boolean comparing, int workers) {
    this.spec = spec;
    this.store = store;
    this.comparing = comparing;
    this.workers = workers;
  }

  /**
   * Returns the diff of a view.
   *
   * @param spec as the view is mounted; the mount point does not matter
   * @return a diff that does not read the data of files
   */
  public static OverlayDiff of(OverlaySpec spec) {
    return new OverlayDiff(Objects.requireNonNull(spec, "spec"), null, false, 1);
  }

  /**
   * Returns this diff through a layer store of the caller's choice, in place of the best one that
   * is found for the layers.
   *
   * @param newStore opens all layers
   * @return a new diff
   */
  public OverlayDiff store(LayerStore newStore) {
    return new OverlayDiff(spec, Objects.requireNonNull(newStore, "store"), comparing, workers);
  }

  /**
   * Returns this diff by what can be seen, however the upper came to it: a file that was copied up
   * and has the same data as before is {@link ChangeKind#METADATA}, or nothing if its attributes
   * are equal, too, and so is a directory that was made anew. It takes reading the data of all
   * files of the upper that have the size of the lowers'.
   *
   * @return a new diff
   */
  public OverlayDiff compareContent() {
    return new OverlayDiff(spec, store, true, workers);
  }

  /**
   * Returns this diff with several threads that look at directories: the caller's own, and others
   * that go ahead of it, by a thousand changes at most in each directory that leads to the present
   * one. The changes and their order are the same. The threads end with the stream, or a second
   * after their last work.
   *
   * @param count how many threads, 1 unless told otherwise
   * @return a new diff
   * @throws IllegalArgumentException if there are none
   */
  public OverlayDiff workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a diff needs a worker, not " + count);
    }
    return new OverlayDiff(spec, store, comparing, count);
  }

  /**
   * Opens the layers, and finds the changes as they are asked for: what is kept in memory is the
   * directories that lead to the present one, with one open handle a layer for each.
   *
   * @return a sequential stream, to be closed; when a layer cannot be read on the way it throws an
   *     {@link java.io.UncheckedIOException}, whose cause tells the path
   * @throws OverlayException if the spec has no upper, a layer cannot be opened, or the upper was
   *     written with other options than the spec has ({@link ProblemCode#LAYER_OF_OTHER_OPTIONS},
   *     {@link ProblemCode#LAYER_OF_FUSE_OVERLAYFS}, {@link ProblemCode#MARK_REFUSED})
   */
  public Stream<Change> changes() throws OverlayException {
    return DiffSpliterator.streamOf(open());
  }

  /**
   * Goes through all changes.
   *
   * @param visitor hears of each
   * @throws OverlayException as of {@link #changes()}
   * @throws IOException if a layer cannot be read on the way, or what the visitor throws
   */
  public void forEach(ChangeVisitor visitor) throws IOException {
    try (DiffRun run = open()) {
      for (Change change = run.nextChange(); change != null; change = run.nextChange()) {
        visitor.visit(change);
      }
    }
  }

  private void refuseOther(LayerStore forms) throws IOException {
    try (LayerDirectory upper = forms.open(spec.upper().orElseThrow())) {
      List<Problem> problems = LayerFit.of(spec.options()).problems(upper);
      if (!problems.isEmpty()) {
        throw new OverlayException(problems);
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      // The diff itself meets it, and tells where.
    }
  }

  private DiffRun open() throws OverlayException {
    return OpeningFailure.runTold(
        spec,
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(spec.lowers().get(0));
          LayerStore forms = LayerForms.reading(opener, List.of(spec));
          refuseOther(forms);
          return DiffRun.open(MergeJob.of(spec), forms, comparing, workers);
        });
  }
}
