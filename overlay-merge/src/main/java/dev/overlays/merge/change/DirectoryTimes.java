package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/**
 * Remembers when a directory of the upper was last changed, in a mark on it, before the merge
 * changes it: so that a run after a crash still knows. The mark also tells by which mount the view
 * had last been written to: what was changed after a later mount, somebody else has changed.
 */
public final class DirectoryTimes {
  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final LastMount mount;

  public DirectoryTimes(LayerChanges changes, MarkNamespace marks, LastMount mount) {
    this.changes = changes;
    this.marks = marks;
    this.mount = mount;
  }

  /**
   * Sets the mark unless it is there, and returns what is known of the directory before. The mark
   * of a run before the last mount is set anew: what this run changes is later than that mount.
   */
  public EntryStat rememberTime(LayerDirectory parent, Name name, EntryStat stat)
      throws IOException {
    String mark =
        parent
            .xattr(name, Mark.MERGE_TIME.xattr(marks))
            .map(value -> new String(value, StandardCharsets.US_ASCII))
            .orElse("");
    Instant modified = readTime(mark, stat).orElse(stat.modified());
    String value = instantText(modified) + ' ' + mount.identity();
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
    boolean mountedSince = !parts[1].equals(mount.identity());
    if (mountedSince && stat.modified().isAfter(mount.time())) {
      return Optional.empty();
    }
    return parseInstant(parts[0]);
  }

  static String instantText(Instant instant) {
    return instant.getEpochSecond() + "." + instant.getNano();
  }

  private static Optional<Instant> parseInstant(String text) {
    int dot = text.indexOf('.');
    try {
      return Optional.of(
          Instant.ofEpochSecond(
              Long.parseLong(text.substring(0, dot)), Integer.parseInt(text.substring(dot + 1))));
    } catch (IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Puts the time of a directory right that stays, and only then forgets it. */
  public void restoreTime(LayerDirectory parent, Name name, EntryStat stat) throws IOException {
    changes.setTimes(parent, name, stat);
    changes.removeMark(parent, name, Mark.MERGE_TIME);
  }
}
