/**
 * Lowers on file systems that several machines share: which they are, and the locks by which the
 * machines see each other's views and merges.
 */
package dev.overlays.linux.machines;
