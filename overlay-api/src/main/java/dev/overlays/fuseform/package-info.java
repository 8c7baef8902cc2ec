/**
 * Uppers in the form that fuse-overlayfs has for them: how they are read, and how they become what
 * the kernel understands.
 */
package dev.overlays.fuseform;
