/**
 * Manages a shared directory and the instances over it: creation, mounts, status and maintenance.
 * Start at {@link dev.overlays.cache.SharedCache}.
 */
@NullMarked
package dev.overlays.cache;

import org.jspecify.annotations.NullMarked;
