/**
 * Manages a shared directory and the instances over it: creation, mounts, status and maintenance.
 * Start at {@link dev.overlays.cache.SharedCache}.
 */
package dev.overlays.cache;
