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
 * The greatest demands that copied entries make on another file system: the earliest, the latest
 * and the most precise time, the longest file, and the largest extended attributes. Keeps one entry
 * for each.
 */
public final class CopyNeeds {
  private static final int DECIMAL = 10;

  private final MarkNamespace marks;
  private TimedEntry earliest;
  private TimedEntry latest;
  private TimedEntry finest;
  private SizedFile longest;
  private EntryXattrs largest;

  CopyNeeds(MarkNamespace marks) {
    this.marks = marks;
  }

  /** An entry and the time of its last change. */
  record TimedEntry(String path, Instant time) {}

  /** A file and its length in bytes. */
  record SizedFile(String path, long size) {}

  /** An entry and its extended attributes, with their total size including the names. */
  record EntryXattrs(String path, Map<String, byte[]> xattrs, long bytes) {}

  public synchronized void addEntry(LayerDirectory directory, Name name, EntryStat stat) {
    Instant time = stat.modified();
    if (earliest == null || time.isBefore(earliest.time())) {
      earliest = new TimedEntry(pathText(directory, name), time);
    }
    if (latest == null || time.isAfter(latest.time())) {
      latest = new TimedEntry(pathText(directory, name), time);
    }
    if (finest == null || trailingZeros(time) < trailingZeros(finest.time())) {
      finest = new TimedEntry(pathText(directory, name), time);
    }
    if (stat.type() == EntryType.FILE && (longest == null || stat.size() > longest.size())) {
      longest = new SizedFile(pathText(directory, name), stat.size());
    }
  }

  private static String pathText(LayerDirectory directory, Name name) {
    return directory + "/" + name;
  }

  /** Returns how many trailing decimal digits of the nanoseconds are zero. */
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
        largest = new EntryXattrs(pathText(directory, name), values, bytes);
      }
    }
  }

  /** Returns the times to test, the most precise first. */
  synchronized List<TimedEntry> extremeTimes() {
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

  synchronized Optional<EntryXattrs> largestXattrs() {
    return Optional.ofNullable(largest);
  }
}
