/** Compares an upper with what lies below it. */
package dev.overlays.merge.diff;
