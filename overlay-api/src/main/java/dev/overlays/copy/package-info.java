/** Copies of entries and of trees of a layer, with every attribute, from one store to another. */
package dev.overlays.copy;
