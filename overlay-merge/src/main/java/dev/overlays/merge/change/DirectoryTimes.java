package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * Keeps the modification time of an upper's directory in a mark on it before the merge changes the
 * directory, so that the run after a crash still knows it. The mark also identifies the last mount
 * of the view: a change after a later mount was made by somebody else.
 */
public final class DirectoryTimes {
  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final LastMount lastMount;

  public DirectoryTimes(LayerChanges changes, MarkNamespace marks, LastMount mount) {
    this.changes = changes;
    this.marks = marks;
    this.lastMount = mount;
  }

  /**
   * Sets the mark unless it is there, and returns the state of the directory before the merge. A
   * mark from before the last mount is replaced.
   */
  public EntryStat rememberTime(LayerDirectory parent, Name name, EntryStat stat)
      throws IOException {
    String mark =
        parent
            .xattr(name, Mark.MERGE_TIME.xattr(marks))
            .map(value -> new String(value, StandardCharsets.US_ASCII))
            .orElse("");
    Instant modified = readTime(mark, stat).orElse(stat.modified());
    String value = timeText(modified) + ' ' + lastMount.identity();
    if (!mark.equals(value)) {
      changes.setMark(parent, name, Mark.MERGE_TIME, value.getBytes(StandardCharsets.US_ASCII));
    }
    return stat.withModified(modified);
  }

  private Optional<Instant> readTime(String mark, EntryStat stat) {
    String[] parts = mark.split(" ", -1);
    if (parts.length != 2) {
      return Optional.empty();
    }
    boolean mountedSince = !parts[1].equals(lastMount.identity());
    if (mountedSince && stat.modified().isAfter(lastMount.time())) {
      return Optional.empty();
    }
    return parseTime(parts[0]);
  }

  static String timeText(Instant instant) {
    return instant.getEpochSecond() + "." + instant.getNano();
  }

  private static Optional<Instant> parseTime(String text) {
    int dot = text.indexOf('.');
    try {
      return Optional.of(
          Instant.ofEpochSecond(
              Long.parseLong(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1))));
    } catch (IndexOutOfBoundsException
        | NumberFormatException
        | DateTimeException
        | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /** Restores the time of a directory that stays, and then removes the mark. */
  public void restoreTime(LayerDirectory parent, Name name, EntryStat stat) throws IOException {
    changes.setTimes(parent, name, stat);
    changes.removeMark(parent, name, Mark.MERGE_TIME);
  }
}
