package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.merge.run.ClaimCheck;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.merge.run.MergeFailures;
import dev.overlays.merge.run.MergeLog;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.merge.vacuum.VacuumEngine;
import dev.overlays.merge.vacuum.VacuumTally;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Removes from the upper of a view what the lowers show as well. The view stays the same, and the
 * space is free: for example that of files that several instances have downloaded, once one of them
 * was merged. Whiteouts that hide nothing are removed, too. Immutable.
 *
 * <pre>{@code
 * VacuumReport report = OverlayVacuum.of(spec).run();
 * }</pre>
 *
 * <p>An entry is removed if its type, content, owner, mode, modification time and extended
 * attributes equal those in the lowers, and neither has a second name. A directory must also be
 * empty. Renamed entries stay, and so do directories that hide the lowers'. Only the upper is
 * changed, so the lowers may be read-only or on other file systems.
 *
 * <p>No view over these layers may be mounted; the vacuum then refuses to start. The view is the
 * same after every single operation, except that the time of a directory is restored when the
 * directory is done, if necessary by another run. Inode numbers, which a view does not keep either,
 * and access times are not compared.
 */
public final class OverlayVacuum {
  private final OverlaySpec spec;
  private final LayerStore store;
  private final boolean ignoresAttributes;
  private final MergeSettings settings;

  private OverlayVacuum(
      OverlaySpec spec, LayerStore store, boolean ignoresAttributes, MergeSettings settings) {
    this.spec = spec;
    this.store = store;
    this.ignoresAttributes = ignoresAttributes;
    this.settings = settings;
  }

  /**
   * Returns the vacuum of a view.
   *
   * @param spec the spec that the view is mounted with; the mount point does not matter
   * @return a vacuum of everything except private paths
   */
  public static OverlayVacuum of(OverlaySpec spec) {
    return new OverlayVacuum(
        Objects.requireNonNull(spec, "spec"), null, false, MergeSettings.DEFAULTS);
  }

  /**
   * Returns this vacuum through a given layer store, in place of the best one for the layers.
   *
   * @param newStore opens all layers
   * @return a new vacuum
   */
  public OverlayVacuum store(LayerStore newStore) {
    return new OverlayVacuum(
        spec, Objects.requireNonNull(newStore, "store"), ignoresAttributes, settings);
  }

  /**
   * Returns this vacuum by content alone: a file with the same data as in the lowers is removed
   * whatever its owner, mode, times and extended attributes are, and so is an empty directory.
   * <b>The view then shows the attributes of the lowers</b>, which cannot be undone. Its content
   * stays the same.
   *
   * @return a new vacuum
   */
  public OverlayVacuum ignoreAttributes() {
    return new OverlayVacuum(spec, store, true, settings);
  }

  /**
   * Returns this vacuum without some paths. They stay, as private paths do.
   *
   * @param patterns paths relative to the root of the view; {@code *} and {@code ?} match any
   *     characters within a name, {@code **} matches any number of names
   * @return a new vacuum
   */
  public OverlayVacuum exclude(String... patterns) {
    return withSettings(settings.withMoreExcluded(patterns));
  }

  /**
   * Returns this vacuum with several threads.
   *
   * @param count the number of threads, at least 1
   * @return a new vacuum
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public OverlayVacuum workers(int count) {
    return withSettings(settings.withWorkers(count));
  }

  /**
   * Returns this vacuum with a condition that is checked before each entry and cancels the vacuum.
   *
   * @param asked returns whether to cancel; called by every worker
   * @return a new vacuum
   */
  public OverlayVacuum cancelWhen(BooleanSupplier asked) {
    return withSettings(settings.withCancelled(Objects.requireNonNull(asked, "asked")));
  }

  private OverlayVacuum withSettings(MergeSettings newSettings) {
    return new OverlayVacuum(spec, store, ignoresAttributes, newSettings);
  }

  /**
   * Returns what {@link #run()} would do, and changes nothing. The view may be mounted. The result
   * then describes one moment, and does not say that {@code run()} would be refused.
   *
   * @return the report of what would be removed
   * @throws OverlayException if a vacuum would be refused
   */
  public VacuumReport dryRun() throws OverlayException {
    return run(settings.withDryRun(true));
  }

  /**
   * Cleans the upper.
   *
   * @return the report of what was removed
   * @throws OverlayException if the vacuum is refused and nothing was changed, because the layers
   *     are in use ({@link ProblemCode#LAYER_IN_USE}, {@link ProblemCode#LAYER_LOCKED}), cannot be
   *     opened, or the upper is read-only or holds something unknown; if an operation failed
   *     ({@link ProblemCode#MERGE_STOPPED}); or if it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}, also by an interrupt of this thread). Another run continues
   */
  public VacuumReport run() throws OverlayException {
    return run(settings);
  }

  private VacuumReport run(MergeSettings now) throws OverlayException {
    MergeFailures.requireUpper(spec, "nothing to clean");
    return MergeFailures.runTranslated(
        "vacuum",
        List.of(spec),
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(spec.lowers().get(0));
          Closeable claim = now.dryRun() ? () -> {} : opener.claim(spec);
          VacuumTally tally = new VacuumTally();
          try (claim) {
            LayerStore forms = KernelFormStore.forChanging(opener, List.of(spec), now.dryRun());
            try (VacuumEngine engine = VacuumEngine.open(LayerJob.of(spec), forms)) {
              engine.run(now.withClaim(ClaimCheck.of(opener, claim)), ignoresAttributes, tally);
            }
          }
          VacuumReport report = tally.createReport(now.dryRun());
          MergeLog.logReport(spec, report);
          return report;
        });
  }
}
