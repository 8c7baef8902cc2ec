package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.run.OpeningFailure;
import dev.overlays.spi.LayerStore;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import org.apache.commons.io.FileUtils;

/**
 * What a layer takes up on its disk, as du(1) counts it: an inode with several names is counted
 * once, and a file with holes by the blocks that it has.
 *
 * <pre>{@code
 * long bytes = DiskUse.of(upper).allocated();
 * }</pre>
 *
 * @param allocated the bytes of all blocks, those of directories and whiteouts included; what a
 *     reflink shares is counted for each file, as the file systems do; 0 where the store does not
 *     know
 * @param apparent the bytes of the data of all files and of the targets of all symbolic links, with
 *     holes counted as data, and of metacopy files the size that they state
 * @param inodes how many there are, directories and the root among them, but whiteouts not
 * @param whiteouts the number of names that the layer deletes, in either form; the kernel makes
 *     them names of one inode
 */
public record DiskUse(long allocated, long apparent, long inodes, long whiteouts) {
  /** Nothing at all. */
  public static final DiskUse NONE = new DiskUse(0, 0, 0, 0);

  /**
   * Measures a layer, or any other directory. May be asked while a view over it is mounted: what
   * goes meanwhile is left out.
   *
   * @param layer its root
   * @return what it takes up
   * @throws OverlayException if it cannot be opened ({@link ProblemCode#LAYER_NOT_FOUND}, {@link
   *     ProblemCode#LAYER_NOT_DIRECTORY}), or a directory in it cannot be read ({@link
   *     ProblemCode#LAYER_NOT_ACCESSIBLE}), be it for something that is mounted on it
   */
  public static DiskUse of(Path layer) throws OverlayException {
    return of(layer, LayerStore.of(layer));
  }

  /**
   * Measures a layer through a store of the caller's choice.
   *
   * @param layer its root
   * @param store opens it
   * @return what it takes up
   * @throws OverlayException as {@link #of(Path)}
   */
  public static DiskUse of(Path layer, LayerStore store) throws OverlayException {
    Objects.requireNonNull(store, "store");
    return OpeningFailure.runTold(
        () -> {
          try (LayerDirectory root = store.open(layer)) {
            return new DiskUseWalk().measureTree(root);
          }
        });
  }

  /** Returns it as one line for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s on the disk, %s of data, %,d inodes, %,d whiteouts",
        FileUtils.byteCountToDisplaySize(allocated),
        FileUtils.byteCountToDisplaySize(apparent),
        inodes,
        whiteouts);
  }

  /**
   * Returns the sum of this and what another layer takes up. An inode that is in both is counted
   * twice.
   *
   * @param other another
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
