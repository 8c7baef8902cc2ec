package dev.overlays.merge.change;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.MergeJob;
import dev.overlays.owners.MappedOwners;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * The layers of a job, opened.
 *
 * @param upper the root of the upper
 * @param lowers the roots of all others
 * @param work the directory beside the upper; null if there is none
 * @param beside the work directory, or the one that the upper is in
 */
public record OpenLayers(
    LayerDirectory upper, LayerRoots lowers, LayerDirectory work, LayerDirectory beside)
    implements Closeable {

  public static OpenLayers open(MergeJob job, LayerStore store) throws IOException {
    LayerDirectory upper = store.open(job.upper());
    LayerRoots lowers = null;
    try {
      lowers = LayerRoots.open(store, job.lowers(), job.dataLowers(), job.marks());
      LayerDirectory work = openWork(job, store);
      LayerDirectory beside =
          store.open(work == null ? job.upper().toAbsolutePath().getParent() : job.work());
      beside = MappedOwners.like(upper, beside);
      return new OpenLayers(upper, lowers, work, beside);
    } catch (IOException | RuntimeException e) {
      upper.close();
      if (lowers != null) {
        lowers.close();
      }
      throw e;
    }
  }

  private static LayerDirectory openWork(MergeJob job, LayerStore store) throws IOException {
    if (job.work() == null) {
      return null;
    }
    try {
      return store.open(job.work());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Where entries are prepared for the upper. */
  public StagingDirectory stagingDirectory(LayerChanges changes) throws IOException {
    return BesideName.of(this, changes).stagingDirectory();
  }

  /** Where entries of the lower are moved to be removed. */
  public StagingDirectory trashDirectory(LayerChanges changes) throws IOException {
    return BesideName.of(this, changes).trashDirectory();
  }

  public LayerDirectory firstLower() {
    return lowers.first();
  }

  public LastMount lastMount() throws IOException {
    return LastMount.of(work);
  }

  @Override
  public void close() throws IOException {
    try (upper;
        lowers;
        work;
        beside) {
      // Only to close them all, whatever one of them throws.
    }
  }
}
