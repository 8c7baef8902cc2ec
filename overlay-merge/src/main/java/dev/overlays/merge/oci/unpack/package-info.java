/** Checks the entries of an untrusted archive and creates a layer from them. */
package dev.overlays.merge.oci.unpack;
