/** How the implementations of {@link dev.overlays.spi} are found. Not exported. */
package dev.overlays.providers;
