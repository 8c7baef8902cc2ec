/** Translates owners between layers on the disk and views over ID-mapped lowers. */
package dev.overlays.owners;
