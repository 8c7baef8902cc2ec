package dev.overlays.merge.report;

import dev.overlays.layer.EntryType;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * One difference between a view and what its lowers show.
 *
 * @param kind what has happened
 * @param path the path of the entry relative to the root of the view, for display: bytes that are
 *     not UTF-8 are shown as U+FFFD; {@code .} is the root
 * @param type what the entry is now, or was before it was deleted
 * @param size the size of a file in bytes; 0 for other types
 * @param from the old path of a renamed entry in the lowers, in the form of {@code path}; otherwise
 *     empty
 */
public record Change(
    ChangeKind kind, String path, EntryType type, long size, Optional<String> from) {

  /**
   * Makes a change.
   *
   * @param kind what has happened
   * @param path the path of the entry
   * @param type what the entry is or was
   * @param size the size of a file in bytes
   * @param from the old path of a renamed entry in the lowers
   */
  public Change {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(path, "path");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(from, "from");
  }

  /** Returns the change as one readable line, such as {@code renamed new from old (directory)}. */
  @Override
  public String toString() {
    String what =
        type == EntryType.FILE
            ? size + " bytes"
            : type.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    String done = kind == ChangeKind.METADATA ? "other metadata" : kindText(kind);
    return done + " " + path + from.map(old -> " from " + old).orElse("") + " (" + what + ")";
  }

  private static String kindText(ChangeKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
