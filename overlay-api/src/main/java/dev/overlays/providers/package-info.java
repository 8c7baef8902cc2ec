/** Finds the implementations of {@link dev.overlays.spi}. Not exported. */
package dev.overlays.providers;
