package dev.overlays.merge.shared;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.util.HashMap;
import java.util.Map;

/** Sums up the files that go. An inode counts when its last name goes. */
final class FreedSpaceTally {
  private final Map<InodeNumber, Long> namesLeft = new HashMap<>();
  private long allocated;
  private long apparent;

  private record InodeNumber(long device, long number) {}

  /** Counts a name that goes. */
  void countName(EntryStat stat) {
    if (stat.type() == EntryType.FILE && isLastName(stat)) {
      allocated += stat.allocated();
      apparent += stat.size();
    }
  }

  private boolean isLastName(EntryStat stat) {
    if (stat.links() <= 1) {
      return true;
    }
    InodeNumber inode = new InodeNumber(stat.device(), stat.inode());
    return namesLeft.merge(inode, stat.links() - 1L, (old, first) -> old - 1) == 0;
  }

  /** Returns the allocated bytes, or the sizes of the files if the store does not report blocks. */
  long bytesFreed() {
    return allocated > 0 ? allocated : apparent;
  }
}
