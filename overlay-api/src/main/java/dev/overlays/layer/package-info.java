/**
 * The vocabulary of layers: a {@link dev.overlays.layer.LayerDirectory} is an open directory of a
 * layer, a {@link dev.overlays.layer.LayerEntry} an entry of its listing, an {@link
 * dev.overlays.layer.EntryStat} the attributes of one entry, and a {@link dev.overlays.layer.Mark}
 * an extended attribute in which OverlayFS stores something in a layer.
 */
@NullMarked
package dev.overlays.layer;

import org.jspecify.annotations.NullMarked;
