/** Owners in layers and in views: ID-mapped lowers translate them, both ways. */
package dev.overlays.owners;
