package dev.overlays.linux.cache;

import dev.overlays.linux.KernelBackend;

/** Runs the contract of a cache with this backend. */
class KernelCacheTest extends CacheOnBackend {
  KernelCacheTest() {
    super(new KernelBackend());
  }
}
