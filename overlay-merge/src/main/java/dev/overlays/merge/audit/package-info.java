/**
 * Checks layers for whiteouts, marks and redirects that are useless or broken, and repairs them.
 */
package dev.overlays.merge.audit;
