package dev.overlays.linux.layer;

/**
 * Which directory a descriptor leads to. The time at which it was made, where it is known, tells it
 * from one that got its inode number later.
 */
record DirectoryIdentity(long device, long inode, long bornSeconds, long bornNanos) {}
