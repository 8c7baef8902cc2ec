/**
 * Changes to a layer that survive a crash: staging, moves, removal, and the times of directories.
 */
package dev.overlays.merge.change;
