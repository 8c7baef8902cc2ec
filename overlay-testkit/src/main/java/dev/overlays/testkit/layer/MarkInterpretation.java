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
 * @param namespace the namespace of marks
 * @param honoursMarks whether marks decide what is shown, as in a view
 * @param hidesMarks whether marks are left out, and those of nested overlays shown with one {@code
 *     overlay.} less
 * @param hasUpper whether the top-most layer is an upper, whose marks can stand for attributes
 */
record MarkInterpretation(
    MarkNamespace namespace, boolean honoursMarks, boolean hidesMarks, boolean hasUpper) {
  private static final String ESCAPE = "overlay.";

  /** A whiteout is a device, or an empty file with a mark. */
  boolean isWhiteout(FoundEntry entry) {
    return (honoursMarks && entry.stat().isWhiteoutDevice())
        || (entry.stat().type() == EntryType.FILE
            && entry.stat().size() == 0
            && hasMark(entry, Mark.WHITEOUT));
  }

  boolean isMetacopy(FoundEntry entry) {
    return entry.stat().type() == EntryType.FILE && hasMark(entry, Mark.METACOPY);
  }

  boolean isOpaque(FoundEntry directory) throws IOException {
    return markText(directory, Mark.OPAQUE).filter("y"::equals).isPresent();
  }

  Optional<RedirectPath> redirectOf(FoundEntry entry) throws IOException {
    if (!hasMark(entry, Mark.REDIRECT)) {
      return Optional.empty();
    }
    byte[] value = entry.xattrValue(Mark.REDIRECT.xattr(namespace)).orElseThrow();
    return Optional.of(RedirectPath.parseRedirect(value, entry.directory() + "/" + entry.name()));
  }

  /**
   * Returns the letters of chattr(1) that a view shows. The kernel looks for the mark in an upper
   * only.
   */
  String shownProtection(FoundEntry entry) throws IOException {
    String marked = hasUpper && entry.layer() == 0 ? markText(entry, Mark.PROTATTR).orElse("") : "";
    String immutable = entry.stat().immutable() || marked.contains("i") ? "i" : "";
    return entry.stat().appendOnly() || marked.contains("a") ? immutable + "a" : immutable;
  }

  /** Returns the name under which an extended attribute is shown; empty if it is hidden. */
  Optional<String> shownXattrName(String xattr) {
    if (!hidesMarks) {
      return Optional.of(xattr);
    }
    String escaped = namespace.prefix() + ESCAPE;
    if (xattr.startsWith(escaped)) {
      return Optional.of(namespace.prefix() + xattr.substring(escaped.length()));
    }
    return namespace.isMark(xattr) ? Optional.empty() : Optional.of(xattr);
  }

  private boolean hasMark(FoundEntry entry, Mark mark) {
    return honoursMarks && entry.xattrs().contains(mark.xattr(namespace));
  }

  private Optional<String> markText(FoundEntry entry, Mark mark) throws IOException {
    return entry
        .xattrValue(mark.xattr(namespace))
        .filter(value -> honoursMarks)
        .map(value -> new String(value, StandardCharsets.ISO_8859_1));
  }
}
