/**
 * What a merge promises, as tests: {@link dev.overlays.testkit.merge.MergeContract} for every layer
 * store that it runs over.
 */
package dev.overlays.testkit.merge;
