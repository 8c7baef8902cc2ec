/** Checks layers for marks that no kernel would follow, and repairs them. */
package dev.overlays.merge.audit;
