/** The documents and blobs of an image, and the directory that holds them: the OCI image layout. */
package dev.overlays.merge.oci.layout;
