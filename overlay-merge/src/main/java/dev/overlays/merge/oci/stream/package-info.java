/**
 * The byte streams of an archive: compressed, decompressed, measured, and the optional libraries
 * that they need.
 */
package dev.overlays.merge.oci.stream;
