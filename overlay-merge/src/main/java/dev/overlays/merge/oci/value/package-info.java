/**
 * The values that exports and imports of layer archives take and return: compression, limits,
 * treatments, digests and reports.
 */
@NullMarked
package dev.overlays.merge.oci.value;

import org.jspecify.annotations.NullMarked;
