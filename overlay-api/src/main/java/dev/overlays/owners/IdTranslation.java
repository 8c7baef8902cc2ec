package dev.overlays.owners;

import dev.overlays.IdMapping;
import java.util.List;
import java.util.OptionalInt;

/** Translates user IDs, or group IDs, between the disk and a view. */
final class IdTranslation {
  /** The kernel's number for an ID that is in no range. Source: /proc/sys/kernel/overflowuid. */
  static final int NOBODY = 65534;

  private final List<IdMapping.Range> ranges;

  /** Makes a translation; an empty list of ranges means that IDs are not mapped. */
  IdTranslation(List<IdMapping.Range> ranges) {
    this.ranges = ranges;
  }

  /** Returns the ID in the view for an ID on the disk; empty if the mapping lacks it. */
  OptionalInt toView(int id) {
    long number = Integer.toUnsignedLong(id);
    for (IdMapping.Range range : ranges) {
      if (number >= range.onDisk() && number - range.onDisk() < range.count()) {
        return OptionalInt.of((int) (range.inView() + number - range.onDisk()));
      }
    }
    return ranges.isEmpty() ? OptionalInt.of(id) : OptionalInt.empty();
  }

  /** Returns the ID on the disk for an ID in the view; empty if the mapping lacks it. */
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
