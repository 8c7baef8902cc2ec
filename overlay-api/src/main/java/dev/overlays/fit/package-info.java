/**
 * Checks whether the layers of a spec fit its options: {@link dev.overlays.fit.LayerFit} finds
 * marks that a mount with these options would not follow.
 */
package dev.overlays.fit;
