/**
 * Mount contexts of the kernel, and what they accept: layers through the best {@link
 * dev.overlays.linux.context.LayerPassing}, options in its own words. Not exported.
 */
package dev.overlays.linux.context;
