package dev.overlays.testkit.tree;

import dev.overlays.layer.Mark;
import java.time.Instant;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The attributes that the text of a tree specifies for an entry. Unspecified ones are neither set
 * nor compared. Values are bytes, see {@link QuotedBytes}.
 */
record SpecifiedAttributes(
    Optional<Integer> mode,
    Optional<OwnerIds> owner,
    Optional<Instant> modified,
    SortedMap<Mark, String> marks,
    SortedMap<String, String> xattrs) {

  /** User and group by number. */
  record OwnerIds(int user, int group) {
    @Override
    public String toString() {
      return Integer.toUnsignedString(user) + ":" + Integer.toUnsignedString(group);
    }
  }

  SpecifiedAttributes {
    marks = Collections.unmodifiableSortedMap(new TreeMap<>(marks));
    xattrs = Collections.unmodifiableSortedMap(new TreeMap<>(xattrs));
  }

  static SpecifiedAttributes noAttributes() {
    return new SpecifiedAttributes(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Collections.emptySortedMap(),
        Collections.emptySortedMap());
  }

  static String formatMode(int mode) {
    String digits = Integer.toOctalString(mode);
    return "0".repeat(Math.max(1, 4 - digits.length())) + digits;
  }

  /** Returns the marks in the syntax of a tree. */
  String formatMarks() {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<Mark, String> mark : marks.entrySet()) {
      text.append(' ').append(mark.getKey().toString().toLowerCase(Locale.ROOT));
      if (!mark.getValue().equals(defaultValue(mark.getKey()))) {
        text.append('=').append(QuotedBytes.quoteBytes(mark.getValue()));
      }
    }
    return text.toString();
  }

  /** Returns the value of a mark of which only the name is written. */
  static String defaultValue(Mark mark) {
    return mark == Mark.OPAQUE ? "y" : "";
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    mode.ifPresent(bits -> text.append(' ').append(formatMode(bits)));
    owner.ifPresent(who -> text.append(" owner=").append(who));
    modified.ifPresent(time -> text.append(" mtime=").append(time));
    text.append(formatMarks());
    for (Map.Entry<String, String> xattr : xattrs.entrySet()) {
      String name = QuotedBytes.bareOrQuoted(xattr.getKey(), true);
      boolean bare = name.contains(".") && !name.contains("=") && !name.startsWith("\"");
      text.append(' ').append(bare ? name : QuotedBytes.quoteBytes(xattr.getKey()));
      text.append('=').append(QuotedBytes.quoteBytes(xattr.getValue()));
    }
    return text.toString();
  }
}
