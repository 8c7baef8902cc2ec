/** Compares an upper with the lowers below it. */
package dev.overlays.merge.diff;
