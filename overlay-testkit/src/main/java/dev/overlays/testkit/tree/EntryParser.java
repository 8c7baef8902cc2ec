package dev.overlays.testkit.tree;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Parses the line of one entry. */
final class EntryParser {
  private static final String ITEM =
      "/ or one of: \"content\", size=, random=, sha256=, a mode as 0644, owner=, mtime=, ->"
          + " target, => path, whiteout, opaque, redirect=, metacopy, fifo, socket, char=, block=,"
          + " \"name.of.xattr\"=\"value\"";

  private final TextLine line;
  private final ContentParser content;
  private final Map<Mark, String> marks = new EnumMap<>(Mark.class);
  private final Map<String, String> xattrs = new TreeMap<>();
  private String name = "";
  private Optional<EntryKind> kind = Optional.empty();
  private Optional<Integer> mode = Optional.empty();
  private Optional<ToldMetadata.NumericOwner> owner = Optional.empty();
  private Optional<Instant> modified = Optional.empty();

  private EntryParser(TextLine line) {
    this.line = line;
    content = new ContentParser(line);
  }

  /** Returns the entry of a line, without the entries in it. */
  static TreeEntry parse(TextLine line) {
    return new EntryParser(line).entry();
  }

  private TreeEntry entry() {
    name = line.value("the name of an entry", "/");
    checkName();
    if (line.take("/")) {
      kind(new EntryKind.Directory());
    }
    while (line.next()) {
      if (line.take("->")) {
        line.next();
        kind(new EntryKind.Symlink(line.value("the target of the link", "")));
      } else if (line.take("=>")) {
        line.next();
        kind(new EntryKind.HardLink(line.value("the path of an entry of this tree", "")));
      } else {
        item(line.at('"'));
      }
    }
    EntryKind found = kind.orElseGet(() -> new EntryKind.File(content.content()));
    if (content.isSaid() && !(found instanceof EntryKind.File)) {
      throw line.expected("no content, which only a file has", found.words());
    }
    ToldMetadata told =
        new ToldMetadata(mode, owner, modified, new TreeMap<>(marks), new TreeMap<>(xattrs));
    checkTold(found, told);
    return new TreeEntry(name, found, told, new TreeMap<>());
  }

  private void checkName() {
    try {
      if (!name.equals(TreeEntry.ROOT)) {
        Name.of(name);
      }
    } catch (IllegalArgumentException e) {
      throw line.expected("a name that an entry can have", "'" + name + "'");
    }
  }

  private void checkTold(EntryKind found, ToldMetadata told) {
    boolean bare = found instanceof EntryKind.Whiteout || found instanceof EntryKind.HardLink;
    if (bare && !told.equals(ToldMetadata.nothing())) {
      throw line.expected(
          "nothing else after a " + found.words(), "'" + told.toString().strip() + "'");
    }
    if (found instanceof EntryKind.Symlink && mode.isPresent()) {
      throw line.expected("no mode, which a symbolic link has not", ToldMetadata.mode(mode.get()));
    }
    boolean marked = found instanceof EntryKind.Directory || found instanceof EntryKind.File;
    if (!marks.isEmpty() && !marked) {
      throw line.expected("no marks, for files and directories only", told.markWords().strip());
    }
  }

  private void kind(EntryKind found) {
    if (kind.isPresent()) {
      throw line.expected("one kind of entry only", kind.get().words() + " and " + found.words());
    }
    kind = Optional.of(found);
  }

  private void item(boolean quoted) {
    String word = line.value(ITEM, "=");
    boolean valued = line.take("=");
    if (quoted && !valued) {
      content.literal(word);
    } else if (quoted || (valued && word.contains("."))) {
      xattrs.put(word, line.value("the value of the attribute", ""));
    } else if (valued) {
      valued(word, line.value("a value", ""));
    } else {
      word(word);
    }
  }

  private void word(String word) {
    switch (word) {
      case "whiteout" -> kind(new EntryKind.Whiteout());
      case "fifo", "socket" ->
          kind(new EntryKind.Node(EntryType.valueOf(word.toUpperCase(Locale.ROOT)), 0, 0));
      case "opaque", "redirect", "metacopy" -> mark(word, ToldMetadata.usual(mark(word)));
      default -> {
        if (!word.matches("0[0-7]{3,4}")) {
          throw line.expected(ITEM, "'" + word + "'");
        }
        mode = Optional.of(Integer.parseInt(word, 8));
      }
    }
  }

  private void valued(String word, String value) {
    switch (word) {
      case "size", "random", "sha256" -> content.valued(word, value);
      case "opaque", "redirect", "metacopy" -> mark(word, value);
      case "char" -> device(EntryType.CHARACTER_DEVICE, value);
      case "block" -> device(EntryType.BLOCK_DEVICE, value);
      case "owner" -> {
        int[] ids = pair("user:group by number", value);
        owner = Optional.of(new ToldMetadata.NumericOwner(ids[0], ids[1]));
      }
      case "mtime" -> modified = Optional.of(instant(value));
      default -> throw line.expected(ITEM, "'" + word + "=" + value + "'");
    }
  }

  private static Mark mark(String word) {
    return Mark.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private void mark(String word, String value) {
    marks.put(mark(word), value);
  }

  private void device(EntryType type, String value) {
    int[] numbers = pair("major:minor", value);
    kind(new EntryKind.Node(type, numbers[0], numbers[1]));
  }

  private int[] pair(String what, String value) {
    int colon = value.indexOf(':');
    try {
      return new int[] {
        Integer.parseUnsignedInt(value.substring(0, Math.max(0, colon))),
        Integer.parseUnsignedInt(value.substring(colon + 1))
      };
    } catch (NumberFormatException e) {
      throw line.expected(what, "'" + value + "'");
    }
  }

  private Instant instant(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw line.expected("a time as 2026-01-31T12:00:00.5Z", "'" + value + "'");
    }
  }
}
