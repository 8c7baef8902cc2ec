package dev.overlays.merge.oci;

import dev.overlays.layer.EntryStat;
import java.util.HashMap;
import java.util.Map;

/** Where an archive has the first name of each inode that has several. */
final class Inodes {
  private final Map<Inode, RawPath> paths = new HashMap<>();

  private record Inode(long device, long number) {}

  /** The first path that came with this inode; null if this is it. */
  RawPath first(EntryStat stat, RawPath path) {
    return stat.links() > 1
        ? paths.putIfAbsent(new Inode(stat.device(), stat.inode()), path)
        : null;
  }
}
