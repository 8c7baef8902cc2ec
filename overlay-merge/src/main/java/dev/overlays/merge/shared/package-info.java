/** Merges the uppers of several instances: conflicts, and what the others still need. */
package dev.overlays.merge.shared;
