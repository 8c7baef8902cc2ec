/**
 * The values that exports and imports of layer archives take and return: compression, limits,
 * treatments, digests and reports.
 */
package dev.overlays.merge.oci.value;
