/**
 * Views by the program fuse-overlayfs: {@link dev.overlays.linux.fuse.FuseMounter} asks, prepares
 * the upper, and starts the daemon in a way that the locks on the layers are its own; {@link
 * dev.overlays.linux.fuse.FuseMount} is the view. Not exported.
 */
package dev.overlays.linux.fuse;
