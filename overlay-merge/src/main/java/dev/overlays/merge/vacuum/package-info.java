/** Removes from an upper what the lowers show as well. */
package dev.overlays.merge.vacuum;
