package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFindings;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.merge.diff.DiffRun;
import dev.overlays.merge.diff.DiffSpliterator;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.report.ChangeKind;
import dev.overlays.merge.report.ChangeVisitor;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.OpeningFailures;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The changes that the upper of a view makes to its lowers, including private paths. Immutable.
 *
 * <pre>{@code
 * try (Stream<Change> changes = OverlayDiff.of(spec).changes()) {
 *   changes.forEach(System.out::println);
 * }
 * }</pre>
 *
 * <p>A diff reads the upper, not the view, so its time depends on the size of the upper. A
 * directory comes before its entries; otherwise there is no order. Nothing is changed or locked.
 * The view may be mounted; changes made meanwhile may or may not be reported.
 *
 * <p>The entries of a new directory are reported one by one. Those of a directory that is gone, or
 * replaced by an entry of another type, are not. A directory of which only the time has changed is
 * no change.
 */
public final class OverlayDiff {
  private final OverlaySpec spec;
  private final LayerStore store;
  private final boolean comparesContent;
  private final int workers;

  private OverlayDiff(OverlaySpec spec, LayerStore store, boolean comparing, int workers) {
    this.spec = spec;
    this.store = store;
    this.comparesContent = comparing;
    this.workers = workers;
  }

  /**
   * Returns the diff of a view.
   *
   * @param spec the spec that the view is mounted with; the mount point does not matter
   * @return a diff that does not read the data of files
   */
  public static OverlayDiff of(OverlaySpec spec) {
    return new OverlayDiff(Objects.requireNonNull(spec, "spec"), null, false, 1);
  }

  /**
   * Returns this diff through a given layer store, in place of the best one for the layers.
   *
   * @param newStore opens all layers
   * @return a new diff
   */
  public OverlayDiff store(LayerStore newStore) {
    return new OverlayDiff(
        spec, Objects.requireNonNull(newStore, "store"), comparesContent, workers);
  }

  /**
   * Returns this diff with content compared, so that it reports only visible differences. A file
   * that was copied up and has the same data as before is {@link ChangeKind#METADATA}, or no change
   * if its attributes are equal, too. The same holds for a directory that was created again. The
   * diff reads the data of all files of the upper that have the same size as in the lowers.
   *
   * @return a new diff
   */
  public OverlayDiff compareContent() {
    return new OverlayDiff(spec, store, true, workers);
  }

  /**
   * Returns this diff with several threads: the caller's own, and helpers that work ahead of it, by
   * at most a thousand changes in each directory that leads to the current one. The changes and
   * their order are the same. The helpers end with the stream, or a second after their last work.
   *
   * @param count the number of threads; 1 by default
   * @return a new diff
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public OverlayDiff workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("a diff needs a worker, not " + count);
    }
    return new OverlayDiff(spec, store, comparesContent, count);
  }

  /**
   * Opens the layers and finds the changes lazily. It keeps only the directories in memory that
   * lead to the current one, each with one open handle per layer.
   *
   * @return a sequential stream, which you must close; if a layer cannot be read later, it throws
   *     an {@link java.io.UncheckedIOException} whose cause names the path
   * @throws OverlayException if the spec has no upper, a layer cannot be opened, or the upper was
   *     written with other options than the spec has ({@link ProblemCode#LAYER_OF_OTHER_OPTIONS},
   *     {@link ProblemCode#LAYER_OF_FUSE_OVERLAYFS}, {@link ProblemCode#MARK_REFUSED})
   */
  public Stream<Change> changes() throws OverlayException {
    return DiffSpliterator.streamOf(openRun());
  }

  /**
   * Calls a visitor for each change.
   *
   * @param visitor is called for each change
   * @throws OverlayException as {@link #changes()} does
   * @throws IOException if a layer cannot be read, or if the visitor throws it
   */
  public void forEach(ChangeVisitor visitor) throws IOException {
    try (DiffRun run = openRun()) {
      for (Change change = run.nextChange(); change != null; change = run.nextChange()) {
        visitor.visit(change);
      }
    }
  }

  /**
   * Refuses an upper that was written with other options. Returns whether it may have metacopy
   * files: one that has none, and gets none by the options of the spec, need not be asked for them.
   */
  private boolean mayHaveMetacopies(LayerStore forms) throws IOException {
    try (LayerDirectory upper = forms.open(spec.upper().orElseThrow())) {
      LayerFindings findings = LayerFit.of(spec.options()).examineLayer(upper);
      if (!findings.problems().isEmpty()) {
        throw new OverlayException(findings.problems());
      }
      return findings.hasMetacopies() || spec.options().metacopy();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      // The diff itself fails at the same place, and reports it.
      return true;
    }
  }

  private DiffRun openRun() throws OverlayException {
    return OpeningFailures.runTranslated(
        spec,
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(spec.lowers().get(0));
          LayerStore forms = KernelFormStore.forReading(opener, List.of(spec));
          boolean metacopies = mayHaveMetacopies(forms);
          return DiffRun.open(LayerJob.of(spec), forms, comparesContent, metacopies, workers);
        });
  }
}
