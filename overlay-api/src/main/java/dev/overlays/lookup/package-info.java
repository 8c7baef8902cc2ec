/**
 * What the layers below an upper show: the search for a name from layer to layer, as the kernel's
 * fs/overlayfs/namei.c makes it. The merge compares with it, and the union file system of the test
 * kit shows it.
 */
package dev.overlays.lookup;
