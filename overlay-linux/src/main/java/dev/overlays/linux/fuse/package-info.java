/**
 * Views of the program fuse-overlayfs: {@link dev.overlays.linux.fuse.FuseMounter} makes the
 * checks, prepares the upper, and starts the daemon so that the daemon itself holds the locks on
 * the layers; {@link dev.overlays.linux.fuse.FuseMount} is the view. Not exported.
 */
package dev.overlays.linux.fuse;
