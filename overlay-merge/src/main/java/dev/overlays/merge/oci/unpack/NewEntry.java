package dev.overlays.merge.oci.unpack;

import dev.overlays.OverlayException;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.TarEntry;

/**
 * A file, symbolic link, pipe or device that is created in an open directory.
 *
 * @param entry the entry of the archive
 * @param attributes the entry with the attributes that it gets
 * @param refusal why it gets none; null if it gets them. It is thrown when the entry has been
 *     created: then it is known that nothing else is wrong with it
 * @param dataOffset where the data of a file begins in the memory of its batch
 */
record NewEntry(
    TarEntry entry,
    LayerDirectory directory,
    Name name,
    TarEntry attributes,
    OverlayException refusal,
    int dataOffset) {}
