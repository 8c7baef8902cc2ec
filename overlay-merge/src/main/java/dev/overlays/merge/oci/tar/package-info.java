/**
 * The archive format: tar headers, pax records, sparse maps, ACLs as text, names of whiteouts, and
 * the refusal of what is malformed.
 */
package dev.overlays.merge.oci.tar;
