/**
 * What a user of overlays works with: {@link dev.overlays.OverlaySpec} says what to mount, {@link
 * dev.overlays.Overlays} mounts and finds, {@link dev.overlays.OverlayMount} is a mounted view, and
 * {@link dev.overlays.Problem} is how everything here says no.
 */
@NullMarked
package dev.overlays;

import org.jspecify.annotations.NullMarked;
