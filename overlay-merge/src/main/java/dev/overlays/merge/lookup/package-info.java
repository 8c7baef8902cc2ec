/**
 * What the layers below an upper show: the search for a name from layer to layer, as the kernel's
 * fs/overlayfs/namei.c makes it. Exported to the test kit alone, whose union file system shows it.
 */
package dev.overlays.merge.lookup;
