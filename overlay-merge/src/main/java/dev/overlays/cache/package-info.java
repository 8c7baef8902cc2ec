/**
 * A shared directory and its instances as one object, from their making over years of maintenance:
 * {@link dev.overlays.cache.SharedCache}.
 */
package dev.overlays.cache;
