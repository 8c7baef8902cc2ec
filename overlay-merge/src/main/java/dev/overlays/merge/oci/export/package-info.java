/** Walks a layer in a fixed order and writes its entries to an archive, within a limited memory. */
package dev.overlays.merge.oci.export;
