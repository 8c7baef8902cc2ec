package dev.overlays.linux.cache;

import dev.overlays.linux.FuseOverlayfsBackend;

/** A cache whose views are those of the backend that its name says. */
class FuseCacheTest extends CacheOnBackend {
  FuseCacheTest() {
    super(new FuseOverlayfsBackend());
  }
}
