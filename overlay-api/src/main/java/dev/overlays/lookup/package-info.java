/**
 * Finds what merged layers show: the search for a name from layer to layer, as in the kernel's
 * fs/overlayfs/namei.c. The merge compares layers with it, and the union file system of the test
 * kit shows its results.
 */
package dev.overlays.lookup;
