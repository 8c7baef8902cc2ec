package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.merge.DiskUse;
import java.nio.file.Path;
import java.util.List;

/**
 * What a cache takes up on the disk.
 *
 * @param lower the shared directory, in bytes
 * @param uppers what the instances have written, in bytes
 */
public record CacheUse(long lower, long uppers) {

  static CacheUse of(SharedCache cache, List<CacheInstance> instances) throws OverlayException {
    long uppers = 0;
    for (CacheInstance instance : instances) {
      uppers += bytes(instance.spec().upper().orElseThrow());
    }
    return new CacheUse(bytes(cache.lower()), uppers);
  }

  /** Where a store knows of no blocks, the sizes of the files. */
  static long bytes(Path layer) throws OverlayException {
    DiskUse use = DiskUse.of(layer);
    return use.allocated() > 0 ? use.allocated() : use.apparent();
  }

  /**
   * Returns both together.
   *
   * @return bytes
   */
  public long total() {
    return lower + uppers;
  }
}
