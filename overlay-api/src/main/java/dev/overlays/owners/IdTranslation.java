package dev.overlays.owners;

import dev.overlays.IdMapping;
import java.util.List;
import java.util.OptionalInt;

/** Numbers of users or of groups as a layer has them on the disk, and as a view shows them. */
final class IdTranslation {
  /** The kernel's number for an ID that no range has. Source: /proc/sys/kernel/overflowuid. */
  static final int NOBODY = 65534;

  private final List<IdMapping.Range> ranges;

  /** An empty list of ranges stands for no mapping. */
  IdTranslation(List<IdMapping.Range> ranges) {
    this.ranges = ranges;
  }

  /** What an ID of the disk is in the view; empty if the mapping does not say. */
  OptionalInt toView(int id) {
    long number = Integer.toUnsignedLong(id);
    for (IdMapping.Range range : ranges) {
      if (number >= range.onDisk() && number - range.onDisk() < range.count()) {
        return OptionalInt.of((int) (range.inView() + number - range.onDisk()));
      }
    }
    return ranges.isEmpty() ? OptionalInt.of(id) : OptionalInt.empty();
  }

  /** What an ID of the view has to be on the disk; empty if there is none. */
  OptionalInt toDisk(int id) {
    long number = Integer.toUnsignedLong(id);
    for (IdMapping.Range range : ranges) {
      if (number >= range.inView() && number - range.inView() < range.count()) {
        return OptionalInt.of((int) (range.onDisk() + number - range.inView()));
      }
    }
    return ranges.isEmpty() ? OptionalInt.of(id) : OptionalInt.empty();
  }
}
