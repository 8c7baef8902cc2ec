/** Applies an upper to its lower: {@link dev.overlays.merge.apply.MergeEngine} and its steps. */
package dev.overlays.merge.apply;
