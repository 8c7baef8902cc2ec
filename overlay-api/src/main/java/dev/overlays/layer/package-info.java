/**
 * The vocabulary of layers: a {@link dev.overlays.layer.LayerDirectory} is an open directory of a
 * layer, a {@link dev.overlays.layer.LayerEntry} what its listing gives, an {@link
 * dev.overlays.layer.EntryStat} what is known of one entry, and a {@link dev.overlays.layer.Mark}
 * an extended attribute by which OverlayFS remembers something in a layer.
 */
package dev.overlays.layer;
