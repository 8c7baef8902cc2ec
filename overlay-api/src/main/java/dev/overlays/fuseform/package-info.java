/** Reads uppers that are in the form of fuse-overlayfs, and converts them to the kernel's form. */
package dev.overlays.fuseform;
