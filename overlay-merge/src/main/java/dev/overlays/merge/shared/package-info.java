/**
 * Merges the uppers of several instances over one lower: finds conflicts, and keeps what the others
 * still need.
 */
package dev.overlays.merge.shared;
