/** Reads uppers that are in the form of fuse-overlayfs, and converts them to the kernel's form. */
@NullMarked
package dev.overlays.fuseform;

import org.jspecify.annotations.NullMarked;
