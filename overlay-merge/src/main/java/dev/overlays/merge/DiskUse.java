package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.run.OpeningFailures;
import dev.overlays.merge.run.WorkerPool;
import dev.overlays.merge.text.ByteSize;
import dev.overlays.spi.LayerStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;

/**
 * The disk use of a layer, as du(1) counts it: an inode with several names counts once, and a file
 * with holes by its blocks.
 *
 * <pre>{@code
 * long bytes = DiskUse.of(upper).allocated();
 * }</pre>
 *
 * @param allocated the bytes of all blocks, including those of directories and whiteouts; blocks
 *     shared by a reflink count for each file, as file systems report them; 0 where the store does
 *     not know
 * @param apparent the bytes of the data of all files, including holes, and of the targets of all
 *     symbolic links; metacopy files count with the size that they state
 * @param inodes the number of inodes, including directories and the root, without whiteouts
 * @param whiteouts the number of names that the layer deletes, in either form; the kernel makes
 *     them names of one inode
 */
public record DiskUse(long allocated, long apparent, long inodes, long whiteouts) {
  /** No disk use. */
  public static final DiskUse NONE = new DiskUse(0, 0, 0, 0);

  /**
   * Measures a layer, or any other directory. A view over it may be mounted; entries that are
   * removed meanwhile are left out.
   *
   * @param layer the root of the layer
   * @return the disk use
   * @throws OverlayException if it cannot be opened ({@link ProblemCode#LAYER_NOT_FOUND}, {@link
   *     ProblemCode#LAYER_NOT_DIRECTORY}), or a directory in it cannot be read ({@link
   *     ProblemCode#LAYER_NOT_ACCESSIBLE}), for example because something is mounted on it
   */
  public static DiskUse of(Path layer) throws OverlayException {
    return of(layer, LayerStore.of(layer));
  }

  /**
   * Measures a layer through a given store.
   *
   * @param layer the root of the layer
   * @param store opens the layer
   * @return the disk use
   * @throws OverlayException as {@link #of(Path)}
   */
  public static DiskUse of(Path layer, LayerStore store) throws OverlayException {
    return of(layer, store, 1);
  }

  /**
   * Measures a layer with several threads.
   *
   * @param layer the root of the layer
   * @param store opens the layer
   * @param workers the number of threads; a single one is the caller's own
   * @return the disk use
   * @throws OverlayException as {@link #of(Path)}
   * @throws IllegalArgumentException if {@code workers} is less than 1
   */
  public static DiskUse of(Path layer, LayerStore store, int workers) throws OverlayException {
    Objects.requireNonNull(store, "store");
    if (workers < 1) {
      throw new IllegalArgumentException("measuring needs a worker, not " + workers);
    }
    return OpeningFailures.runTranslated(
        () -> {
          try (LayerDirectory root = store.open(layer);
              WorkerPool pool = new WorkerPool(workers)) {
            return new DiskUseWalk(pool).measureLayer(root);
          }
        });
  }

  /** Returns the disk use as one readable line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s on the disk, %s of data, %,d inodes, %,d whiteouts",
        ByteSize.format(allocated),
        ByteSize.format(apparent),
        inodes,
        whiteouts);
  }

  /**
   * Returns the sum of this and another disk use. An inode in both counts twice.
   *
   * @param other the other disk use
   * @return the sum
   */
  public DiskUse plusUse(DiskUse other) {
    return new DiskUse(
        allocated + other.allocated,
        apparent + other.apparent,
        inodes + other.inodes,
        whiteouts + other.whiteouts);
  }
}
