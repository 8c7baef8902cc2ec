/**
 * Trees of files as short text, and snapshots of directories: {@link
 * dev.overlays.testkit.tree.LayerTree} writes layers and expected trees, {@link
 * dev.overlays.testkit.tree.TreeSnapshot} shows what has changed in any directory.
 */
@NullMarked
package dev.overlays.testkit.tree;

import org.jspecify.annotations.NullMarked;
