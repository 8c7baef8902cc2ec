/**
 * Changes to layers that survive a crash: staging, renames, removals, and the times of directories.
 */
package dev.overlays.merge.change;
