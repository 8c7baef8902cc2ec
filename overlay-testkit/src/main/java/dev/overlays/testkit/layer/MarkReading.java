package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How the marks in some layers are interpreted.
 *
 * @param marks the namespace of marks
 * @param honoured whether marks decide what is shown, as in a view
 * @param hidden whether marks are left out, and those of nested overlays shown with one {@code
 *     overlay.} less
 * @param upper whether the top-most layer is an upper, whose marks can stand for attributes
 */
record MarkReading(MarkNamespace marks, boolean honoured, boolean hidden, boolean upper) {
  private static final String ESCAPE = "overlay.";

  /** A whiteout is a device, or an empty file with a mark. */
  boolean isWhiteout(FoundEntry entry) {
    return (honoured && entry.stat().isWhiteoutDevice())
        || (entry.stat().type() == EntryType.FILE
            && entry.stat().size() == 0
            && has(entry, Mark.WHITEOUT));
  }

  boolean isMetacopy(FoundEntry entry) {
    return entry.stat().type() == EntryType.FILE && has(entry, Mark.METACOPY);
  }

  boolean isOpaque(FoundEntry directory) throws IOException {
    return text(directory, Mark.OPAQUE).filter("y"::equals).isPresent();
  }

  Optional<RedirectPath> redirect(FoundEntry entry) throws IOException {
    if (!has(entry, Mark.REDIRECT)) {
      return Optional.empty();
    }
    byte[] value = entry.value(Mark.REDIRECT.xattr(marks)).orElseThrow();
    return Optional.of(RedirectPath.of(value, entry.directory() + "/" + entry.name()));
  }

  /**
   * Returns the letters of chattr(1) that a view shows. The kernel looks for the mark in an upper
   * only.
   */
  String protection(FoundEntry entry) throws IOException {
    String marked = upper && entry.layer() == 0 ? text(entry, Mark.PROTATTR).orElse("") : "";
    String immutable = entry.stat().immutable() || marked.contains("i") ? "i" : "";
    return entry.stat().appendOnly() || marked.contains("a") ? immutable + "a" : immutable;
  }

  /** Returns the name under which an extended attribute is shown; empty if it is hidden. */
  Optional<String> shown(String xattr) {
    if (!hidden) {
      return Optional.of(xattr);
    }
    String escaped = marks.prefix() + ESCAPE;
    if (xattr.startsWith(escaped)) {
      return Optional.of(marks.prefix() + xattr.substring(escaped.length()));
    }
    return marks.isMark(xattr) ? Optional.empty() : Optional.of(xattr);
  }

  private boolean has(FoundEntry entry, Mark mark) {
    return honoured && entry.xattrs().contains(mark.xattr(marks));
  }

  private Optional<String> text(FoundEntry entry, Mark mark) throws IOException {
    return entry
        .value(mark.xattr(marks))
        .filter(value -> honoured)
        .map(value -> new String(value, StandardCharsets.ISO_8859_1));
  }
}
