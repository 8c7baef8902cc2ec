/**
 * Copies entries and trees of a layer with all attributes, within a store or from one store to
 * another.
 */
@NullMarked
package dev.overlays.copy;

import org.jspecify.annotations.NullMarked;
