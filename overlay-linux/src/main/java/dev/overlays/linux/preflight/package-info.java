/**
 * Finds what would make the kernel refuse a mount or, worse, accept a harmful one, and reports it
 * with its path and remedy. {@link dev.overlays.linux.preflight.Preflight} runs every check; {@link
 * dev.overlays.linux.preflight.QuickCheck} only those that the kernel does not make itself; {@link
 * dev.overlays.linux.preflight.LayerClaim} keeps layers from being mounted while they are changed.
 * Not exported.
 */
package dev.overlays.linux.preflight;
