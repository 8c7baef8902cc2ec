/**
 * Layers as the kernel has them: {@link dev.overlays.linux.layer.NativeLayerStore} opens them by
 * descriptors. Not exported.
 */
package dev.overlays.linux.layer;
