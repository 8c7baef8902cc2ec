package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.merge.DiskUse;
import dev.overlays.spi.LayerStore;
import java.nio.file.Path;
import java.util.List;

/**
 * The disk space that a cache uses.
 *
 * @param lower the size of the shared directory, in bytes
 * @param uppers the size of all instances' uppers, in bytes
 */
public record CacheDiskUse(long lower, long uppers) {

  static CacheDiskUse of(SharedCache cache, List<CacheInstance> instances) throws OverlayException {
    long uppers = 0;
    for (CacheInstance instance : instances) {
      uppers += layerBytes(instance.spec().upper().orElseThrow());
    }
    return new CacheDiskUse(layerBytes(cache.lower()), uppers);
  }

  private static long layerBytes(Path layer) throws OverlayException {
    return layerBytes(layer, LayerStore.of(layer));
  }

  /**
   * Returns the allocated size of a layer, or its apparent size if the store does not report
   * blocks.
   */
  static long layerBytes(Path layer, LayerStore store) throws OverlayException {
    DiskUse use = DiskUse.of(layer, store);
    return use.allocated() > 0 ? use.allocated() : use.apparent();
  }

  /**
   * Returns the size of the lower and all uppers.
   *
   * @return the size in bytes
   */
  public long total() {
    return lower + uppers;
  }
}
