package dev.overlays.linux.layer;

/**
 * The identity of a directory. Its birth time, where known, distinguishes it from a later directory
 * with the same inode number.
 */
record DirectoryIdentity(long device, long inode, long bornSeconds, long bornNanos) {}
