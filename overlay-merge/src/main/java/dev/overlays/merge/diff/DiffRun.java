package dev.overlays.merge.diff;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The open layers of one diff, the walk through them, and its helper threads. */
public final class DiffRun implements Closeable {
  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final ExecutorService helpers;
  private final boolean compareContent;
  private final boolean mayHaveMetacopies;
  private DiffWalk walk;

  private DiffRun(
      LayerDirectory upper,
      LayerRoots lowers,
      boolean compareContent,
      boolean mayHaveMetacopies,
      int workers) {
    this.upper = upper;
    this.lowers = lowers;
    this.compareContent = compareContent;
    this.mayHaveMetacopies = mayHaveMetacopies;
    helpers = workers > 1 ? startHelpers(workers - 1) : null;
  }

  /**
   * Opens the layers.
   *
   * @param mayHaveMetacopies whether files of the upper are asked whether their data is elsewhere
   */
  public static DiffRun open(
      LayerJob job,
      LayerStore store,
      boolean compareContent,
      boolean mayHaveMetacopies,
      int workers)
      throws IOException {
    LayerDirectory upper = store.open(job.upper());
    try {
      LayerRoots lowers = LayerRoots.openRoots(store, job.lowers(), job.dataLowers(), job.marks());
      return new DiffRun(upper, lowers, compareContent, mayHaveMetacopies, workers);
    } catch (IOException | RuntimeException e) {
      try (upper) {
        throw e;
      }
    }
  }

  /** Returns the next change; null at the end. */
  public Change nextChange() throws IOException {
    if (walk == null) {
      walk = DiffWalk.of(upper, lowers, compareContent, mayHaveMetacopies, helpers);
    }
    return walk.nextChange();
  }

  /** Returns an executor of daemon threads that start on demand and end when idle. */
  private static ExecutorService startHelpers(int count) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            count,
            count,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "overlays-diff");
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  @Override
  public void close() throws IOException {
    DiffWalk last = walk;
    try (upper;
        lowers;
        last) {
      if (helpers != null) {
        helpers.shutdown();
      }
    }
  }
}
