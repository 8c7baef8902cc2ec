package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.lookup.LayerForms;
import dev.overlays.merge.report.VacuumReport;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.merge.run.MergeLog;
import dev.overlays.merge.run.RunFailure;
import dev.overlays.merge.run.RunSettings;
import dev.overlays.merge.vacuum.VacuumEngine;
import dev.overlays.merge.vacuum.VacuumTally;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * Removes from the upper of a view what is the same as what the lowers show, so that the view stays
 * what it is and the space is free: what several instances have downloaded, say, once one of them
 * has been merged. Whiteouts that hide nothing go, too. Immutable.
 *
 * <pre>{@code
 * VacuumReport report = OverlayVacuum.of(spec).run();
 * }</pre>
 *
 * <p>An entry goes if its kind, content, owner, mode, time of the last change and extended
 * attributes are those of the lowers', and neither has a second name; a directory, if nothing is
 * left in it besides. What was renamed stays, and so do directories that hide the lowers'. Only the
 * upper is changed, so the lowers may be read-only or on other file systems.
 *
 * <p>No view over these layers may be mounted meanwhile, and a vacuum refuses to start when one is.
 * After every single operation the view shows what it showed before; only the time of a directory
 * is put right when the directory is done, by another run if need be. Numbers of inodes, which a
 * view does not keep either, and times of the last access are not looked at.
 */
public final class OverlayVacuum {
  private final OverlaySpec spec;
  private final LayerStore store;
  private final boolean contentOnly;
  private final RunSettings settings;

  private OverlayVacuum(
      OverlaySpec spec, LayerStore store, boolean contentOnly, RunSettings settings) {
    this.spec = spec;
    this.store = store;
    this.contentOnly = contentOnly;
    this.settings = settings;
  }

  /**
   * Returns the vacuum of a view.
   *
   * @param spec as the view is mounted; the mount point does not matter
   * @return a vacuum of everything but the private paths
   */
  public static OverlayVacuum of(OverlaySpec spec) {
    return new OverlayVacuum(
        Objects.requireNonNull(spec, "spec"), null, false, RunSettings.DEFAULTS);
  }

  /**
   * Returns this vacuum through a layer store of the caller's choice, in place of the best one that
   * is found for the layers.
   *
   * @param newStore opens all layers
   * @return a new vacuum
   */
  public OverlayVacuum store(LayerStore newStore) {
    return new OverlayVacuum(
        spec, Objects.requireNonNull(newStore, "store"), contentOnly, settings);
  }

  /**
   * Returns this vacuum by content alone: a file with the data of the lowers' goes whatever its
   * owner, mode, times and extended attributes are, and so does a directory in which nothing is
   * left. <b>The view then shows those of the lowers</b>, which is a change that cannot be undone;
   * what it shows as content stays the same.
   *
   * @return a new vacuum
   */
  public OverlayVacuum contentOnly() {
    return new OverlayVacuum(spec, store, true, settings);
  }

  /**
   * Returns this vacuum without some paths, which are left alone as the private ones are.
   *
   * @param patterns paths relative to the root of the view; {@code *} and {@code ?} stand for any
   *     characters within a name, {@code **} for any names
   * @return a new vacuum
   */
  public OverlayVacuum exclude(String... patterns) {
    return with(settings.withMoreExcluded(patterns));
  }

  /**
   * Returns this vacuum with several threads.
   *
   * @param count how many work, at least 1
   * @return a new vacuum
   * @throws IllegalArgumentException if there are none
   */
  public OverlayVacuum workers(int count) {
    return with(settings.withWorkers(count));
  }

  /**
   * Returns this vacuum with somebody to ask, before each entry, whether it is to end.
   *
   * @param asked says whether to end; asked by every worker
   * @return a new vacuum
   */
  public OverlayVacuum cancelWhen(BooleanSupplier asked) {
    return with(settings.withCancelled(Objects.requireNonNull(asked, "asked")));
  }

  private OverlayVacuum with(RunSettings newSettings) {
    return new OverlayVacuum(spec, store, contentOnly, newSettings);
  }

  /**
   * Tells what {@link #run()} would do, and changes nothing. May be asked while the view is
   * mounted; then it tells of some moment, and does not tell that the view is in the way.
   *
   * @return what would be removed
   * @throws OverlayException if a vacuum would be refused
   */
  public VacuumReport dryRun() throws OverlayException {
    return run(settings.withDryRun(true));
  }

  /**
   * Cleans the upper.
   *
   * @return what was removed
   * @throws OverlayException if the vacuum is refused, and nothing was changed: the layers are in
   *     use ({@link ProblemCode#LAYER_IN_USE}, {@link ProblemCode#LAYER_LOCKED}), cannot be opened,
   *     or the upper is read-only or holds something that is not understood; if an operation failed
   *     on the way ({@link ProblemCode#MERGE_STOPPED}); or if it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}, also by an interrupt of this thread). Another run goes on
   */
  public VacuumReport run() throws OverlayException {
    return run(settings);
  }

  private VacuumReport run(RunSettings now) throws OverlayException {
    RunFailure.requireUpper(spec, "nothing to clean");
    return RunFailure.runTold(
        "vacuum",
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(spec.lowers().get(0));
          Closeable claim = now.dryRun() ? () -> {} : opener.claim(spec);
          VacuumTally tally = new VacuumTally();
          try (claim) {
            LayerStore forms = LayerForms.settled(opener, List.of(spec), now.dryRun());
            try (VacuumEngine engine = VacuumEngine.open(MergeJob.of(spec), forms)) {
              engine.run(now, contentOnly, tally);
            }
          }
          VacuumReport report = tally.vacuumReport(now.dryRun());
          MergeLog.logDone(spec, report);
          return report;
        });
  }
}
