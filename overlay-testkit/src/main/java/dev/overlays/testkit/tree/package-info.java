/**
 * Trees of files as short text, and what became of them: {@link
 * dev.overlays.testkit.tree.LayerTree} writes layers and expected trees, {@link
 * dev.overlays.testkit.tree.TreeSnapshot} tells what has changed in any directory.
 */
package dev.overlays.testkit.tree;
