/**
 * Makes an upper independent of redirects, metacopies and the index, so that its entries can be
 * moved.
 */
package dev.overlays.merge.whole;
