/** Removes from an upper what the lowers have anyway. */
package dev.overlays.merge.vacuum;
