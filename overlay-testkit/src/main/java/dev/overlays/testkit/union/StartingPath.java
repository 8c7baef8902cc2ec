package dev.overlays.testkit.union;

import java.util.List;

/**
 * A path, and where it starts.
 *
 * @param start a directory that is held; null for the root
 * @param names the names, which may be {@code .} and {@code ..}
 */
record StartingPath(UnionDirectory start, List<byte[]> names) {}
