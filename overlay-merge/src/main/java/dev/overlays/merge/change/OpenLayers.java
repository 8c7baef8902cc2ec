package dev.overlays.merge.change;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.owners.MappedOwners;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;

/**
 * The open layers of a job.
 *
 * @param upper the root of the upper
 * @param lowers the roots of the other layers
 * @param work the work directory; null if there is none
 * @param beside the work directory, or else the parent of the upper
 */
public record OpenLayers(
    LayerDirectory upper, LayerRoots lowers, LayerDirectory work, LayerDirectory beside)
    implements Closeable {

  public static OpenLayers open(LayerJob job, LayerStore store) throws IOException {
    LayerDirectory upper = store.open(job.upper());
    LayerRoots lowers = null;
    LayerDirectory work = null;
    try {
      lowers = LayerRoots.openRoots(store, job.lowers(), job.dataLowers(), job.marks());
      work = openWork(job, store);
      LayerDirectory beside =
          store.open(work == null ? job.upper().toAbsolutePath().getParent() : job.work());
      return new OpenLayers(upper, lowers, work, MappedOwners.mapLike(upper, beside));
    } catch (IOException | RuntimeException | Error e) {
      LayerRoots openLowers = lowers;
      LayerDirectory openWork = work;
      try (upper;
          openLowers;
          openWork) {
        throw e;
      }
    }
  }

  private static LayerDirectory openWork(LayerJob job, LayerStore store) throws IOException {
    if (job.work() == null) {
      return null;
    }
    try {
      return store.open(job.work());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Returns the staging directory for entries of the upper. */
  public StagingDirectory createStaging(LayerChanges changes) throws IOException {
    return StagingNames.of(this, changes).createStaging();
  }

  /** Returns the directory to which entries of the lower are moved before they are removed. */
  public StagingDirectory createTrash(LayerChanges changes) throws IOException {
    return StagingNames.of(this, changes).createTrash();
  }

  public LayerDirectory firstLower() {
    return lowers.firstRoot();
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
      // Closes them all, even if one of them throws.
    }
  }
}
