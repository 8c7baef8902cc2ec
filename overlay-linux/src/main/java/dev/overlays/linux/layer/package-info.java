/**
 * Native access to layers: {@link dev.overlays.linux.layer.NativeLayerStore} opens them by
 * descriptors. Not exported.
 */
package dev.overlays.linux.layer;
