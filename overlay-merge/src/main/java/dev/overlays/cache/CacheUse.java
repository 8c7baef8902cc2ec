package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.merge.DiskUse;
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
      uppers += DiskUse.of(instance.spec().upper().orElseThrow()).allocated();
    }
    return new CacheUse(DiskUse.of(cache.lower()).allocated(), uppers);
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
