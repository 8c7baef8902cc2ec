package dev.overlays.merge.survey;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoField;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What entries that are copied to another file system ask most of it: the earliest, the latest and
 * the finest time, the longest file, the largest extended attributes. One entry of each is kept.
 */
public final class CopyNeeds {
  private static final int DECIMAL = 10;

  private final MarkNamespace marks;
  private TimedEntry earliest;
  private TimedEntry latest;
  private TimedEntry finest;
  private SizedFile longest;
  private AttributedEntry largest;

  CopyNeeds(MarkNamespace marks) {
    this.marks = marks;
  }

  /** An entry and the time of its last change. */
  record TimedEntry(String path, Instant time) {}

  /** A file and its length in bytes. */
  record SizedFile(String path, long size) {}

  /** An entry and its extended attributes, which take up so many bytes with their names. */
  record AttributedEntry(String path, Map<String, byte[]> xattrs, long bytes) {}

  public synchronized void addEntry(LayerDirectory directory, Name name, EntryStat stat) {
    Instant time = stat.modified();
    if (earliest == null || time.isBefore(earliest.time())) {
      earliest = new TimedEntry(pathOf(directory, name), time);
    }
    if (latest == null || time.isAfter(latest.time())) {
      latest = new TimedEntry(pathOf(directory, name), time);
    }
    if (finest == null || trailingZeros(time) < trailingZeros(finest.time())) {
      finest = new TimedEntry(pathOf(directory, name), time);
    }
    if (stat.type() == EntryType.FILE && (longest == null || stat.size() > longest.size())) {
      longest = new SizedFile(pathOf(directory, name), stat.size());
    }
  }

  private static String pathOf(LayerDirectory directory, Name name) {
    return directory + "/" + name;
  }

  /** How many decimal digits of the nanoseconds a coarser clock could leave out. */
  private static int trailingZeros(Instant time) {
    int zeros = 0;
    long nanos = time.getLong(ChronoField.NANO_OF_SECOND);
    while (zeros < 9 && nanos % DECIMAL == 0) {
      nanos /= DECIMAL;
      zeros++;
    }
    return zeros;
  }

  void addXattrs(LayerDirectory directory, Name name, List<String> xattrs) throws IOException {
    Map<String, byte[]> values = new LinkedHashMap<>();
    long bytes = 0;
    for (String xattr : xattrs) {
      Optional<byte[]> value =
          marks.isMark(xattr) ? Optional.empty() : directory.xattr(name, xattr);
      if (value.isPresent()) {
        values.put(xattr, value.get());
        bytes += xattr.length() + value.get().length;
      }
    }
    synchronized (this) {
      if (!values.isEmpty() && (largest == null || bytes > largest.bytes())) {
        largest = new AttributedEntry(pathOf(directory, name), values, bytes);
      }
    }
  }

  /** The times that are asked for, the finest first. */
  synchronized List<TimedEntry> oddTimes() {
    return finest == null
        ? List.of()
        : List.of(finest, earliest, latest).stream()
            .distinct()
            .sorted(Comparator.comparingInt(timed -> trailingZeros(timed.time())))
            .toList();
  }

  synchronized Optional<SizedFile> longestFile() {
    return Optional.ofNullable(longest);
  }

  synchronized Optional<AttributedEntry> largestAttributes() {
    return Optional.ofNullable(largest);
  }
}
