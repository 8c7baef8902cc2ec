package dev.overlays.linux.cache;

import dev.overlays.linux.KernelBackend;

/** A cache whose views are those of the backend that its name says. */
class KernelCacheTest extends CacheOnBackend {
  KernelCacheTest() {
    super(new KernelBackend());
  }
}
