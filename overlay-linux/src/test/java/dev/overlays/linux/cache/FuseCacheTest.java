package dev.overlays.linux.cache;

import dev.overlays.linux.FuseOverlayfsBackend;

/** Runs the contract of a cache with this backend. */
class FuseCacheTest extends CacheOnBackend {
  FuseCacheTest() {
    super(new FuseOverlayfsBackend());
  }
}
