/**
 * What would make the kernel refuse a mount, or worse, let it pass: found beforehand, and told with
 * its path and remedy. {@link dev.overlays.linux.preflight.Preflight} asks every question; {@link
 * dev.overlays.linux.preflight.QuickCheck} only those that the kernel does not ask itself; {@link
 * dev.overlays.linux.preflight.LayerClaim} keeps mounts away while layers are changed. Not
 * exported.
 */
package dev.overlays.linux.preflight;
