/**
 * The kernel's mount contexts and what it takes in them: layers through the best {@link
 * dev.overlays.linux.context.LayerChannel}, options in its own words. Not exported.
 */
package dev.overlays.linux.context;
