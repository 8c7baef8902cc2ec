package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.merge.apply.MergeEngine;
import dev.overlays.merge.report.MergeListener;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.SquashReport;
import dev.overlays.merge.run.ClaimCheck;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeFailures;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.merge.run.MergeTally;
import dev.overlays.merge.whole.SquashIndexRelease;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Squashes several adjacent lowers into one, as {@link OverlayMerge} does: folds each into the one
 * below it, which leaves it empty. Every view over these layers is the same at every moment, with
 * the empty layers and without them. Immutable.
 *
 * <pre>{@code
 * SquashReport report = OverlaySquash.of(spec).layers(patch2, base).run();
 * OverlaySpec smaller = spec.toBuilder().lowers(report.lowers()).build();
 * }</pre>
 *
 * <p>Meanwhile it needs a directory of its own beside each layer that is folded, and removes it
 * afterwards.
 */
public final class OverlaySquash {
  private final OverlaySpec spec;
  private final Path top;
  private final Path bottom;
  private final LayerStore store;
  private final MergeSettings settings;

  private OverlaySquash(
      OverlaySpec spec, Path top, Path bottom, LayerStore store, MergeSettings settings) {
    this.spec = spec;
    this.top = top;
    this.bottom = bottom;
    this.store = store;
    this.settings = settings;
  }

  /**
   * Returns the squash of all lowers of a view.
   *
   * @param spec the spec of a view with these lowers
   * @return a squash into the lowest, with one worker
   */
  public static OverlaySquash of(OverlaySpec spec) {
    List<Path> lowers = spec.lowers();
    return new OverlaySquash(
        spec, lowers.get(0), lowers.get(lowers.size() - 1), null, MergeSettings.DEFAULTS);
  }

  /**
   * Returns the squash of some of the lowers.
   *
   * @param newTop the top-most of them, by the path in the spec
   * @param newBottom the lowest of them, which receives everything
   * @return a new squash
   */
  public OverlaySquash layers(Path newTop, Path newBottom) {
    return new OverlaySquash(
        spec,
        Objects.requireNonNull(newTop, "top"),
        Objects.requireNonNull(newBottom, "bottom"),
        store,
        settings);
  }

  /**
   * Returns this squash with several threads.
   *
   * @param count the number of threads, at least 1
   * @return a new squash
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public OverlaySquash workers(int count) {
    return new OverlaySquash(spec, top, bottom, store, settings.withWorkers(count));
  }

  /**
   * Returns this squash with a listener.
   *
   * @param listener is called for each entry, as for {@link OverlayMerge#listener}
   * @return a new squash
   */
  public OverlaySquash listener(MergeListener listener) {
    Objects.requireNonNull(listener, "listener");
    return new OverlaySquash(spec, top, bottom, store, settings.withListener(listener));
  }

  /**
   * Returns this squash through a given layer store.
   *
   * @param newStore opens all layers
   * @return a new squash
   */
  public OverlaySquash store(LayerStore newStore) {
    Objects.requireNonNull(newStore, "store");
    return new OverlaySquash(spec, top, bottom, newStore, settings);
  }

  /**
   * Returns what {@link #run()} would do, and changes nothing.
   *
   * @return the report of what would be done
   * @throws OverlayException if a squash would be refused
   */
  public SquashReport dryRun() throws OverlayException {
    return run(settings.withDryRun(true));
  }

  /**
   * Squashes.
   *
   * @return the report of what was done
   * @throws OverlayException as {@link OverlayMerge#run} does; if the layers are not lowers of the
   *     spec in this order, with {@link ProblemCode#LAYER_NOT_FOUND}; if the view has an upper and
   *     {@code nfs_export}, with {@link ProblemCode#OPTION_CONFLICT}
   */
  public SquashReport run() throws OverlayException {
    return run(settings);
  }

  private SquashReport run(MergeSettings now) throws OverlayException {
    int first = spec.lowers().indexOf(top);
    int last = spec.lowers().indexOf(bottom);
    if (first < 0 || last < first) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYER_NOT_FOUND,
              first < 0 ? top : bottom,
              "The spec has no lowers from " + top + " down to " + bottom + ".",
              "Name two of its lowers by their paths in the spec, the higher one first."));
    }
    SquashIndexRelease.refuseVerified(spec);
    return MergeFailures.runTranslated("merge", List.of(spec), () -> run(now, first, last));
  }

  private SquashReport run(MergeSettings now, int first, int last) throws IOException {
    long start = System.nanoTime();
    LayerStore opener = store != null ? store : LayerStore.of(bottom);
    Map<Path, MergeReport> merges = new LinkedHashMap<>();
    Closeable claim = now.dryRun() ? () -> {} : opener.claim(spec);
    try (claim) {
      LayerStore forms = KernelFormStore.forChanging(opener, List.of(spec), now.dryRun());
      SquashIndexRelease index = new SquashIndexRelease(spec, forms);
      if (!now.dryRun()) {
        index.releaseIndex();
      }
      MergeSettings claimed = now.withClaim(ClaimCheck.of(opener, claim));
      for (int i = first; i < last; i++) {
        MergeTally tally = new MergeTally(now.listener(), now.progress());
        try (MergeEngine engine =
            MergeEngine.open(LayerJob.ofLower(spec, i), claimed, forms, tally)) {
          engine.runAlone();
        }
        merges.put(spec.lowers().get(i), tally.createReport(now.dryRun()));
      }
      if (!now.dryRun() && first == 0) {
        index.forgetLower();
      }
    }
    List<Path> left = new ArrayList<>(spec.lowers());
    left.subList(first, last).clear();
    return new SquashReport(
        now.dryRun(), left, merges, Duration.ofNanos(System.nanoTime() - start));
  }
}
