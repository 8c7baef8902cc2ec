package dev.overlays.testkit.union;

import java.util.List;

/**
 * A path that has not been resolved yet: a start and names.
 *
 * @param start a directory with a holder; null for the root
 * @param names the names; {@code .} and {@code ..} are allowed
 */
record UnresolvedPath(ViewDirectory start, List<byte[]> names) {}
