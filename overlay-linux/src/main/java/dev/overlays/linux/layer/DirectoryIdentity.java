package dev.overlays.linux.layer;

import java.time.Instant;
import java.util.Optional;

/**
 * The identity of a directory. Its birth time, where known, distinguishes it from a later directory
 * with the same inode number.
 */
record DirectoryIdentity(long device, long inode, Optional<Instant> birthTime) {}
