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
  private static final String EXPECTED_ITEMS =
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
  private Optional<SpecifiedAttributes.OwnerIds> owner = Optional.empty();
  private Optional<Instant> modified = Optional.empty();

  private EntryParser(TextLine line) {
    this.line = line;
    content = new ContentParser(line);
  }

  /** Returns the entry of a line, without the entries in it. */
  static TreeEntry parse(TextLine line) {
    return new EntryParser(line).parseEntry();
  }

  private TreeEntry parseEntry() {
    name = line.scanValue("the name of an entry", "/");
    checkName();
    if (line.acceptSymbol("/")) {
      setKind(new EntryKind.Directory());
    }
    while (line.skipToNext()) {
      if (line.acceptSymbol("->")) {
        line.skipToNext();
        setKind(new EntryKind.Symlink(line.scanValue("the target of the link", "")));
      } else if (line.acceptSymbol("=>")) {
        line.skipToNext();
        setKind(new EntryKind.HardLink(line.scanValue("the path of an entry of this tree", "")));
      } else {
        parseItem(line.isAt('"'));
      }
    }
    EntryKind found = kind.orElseGet(() -> new EntryKind.File(content.parsedContent()));
    if (content.isSpecified() && !(found instanceof EntryKind.File)) {
      throw line.syntaxError("no content, which only a file has", found.kindText());
    }
    SpecifiedAttributes told =
        new SpecifiedAttributes(mode, owner, modified, new TreeMap<>(marks), new TreeMap<>(xattrs));
    checkAttributes(found, told);
    return new TreeEntry(name, found, told, new TreeMap<>());
  }

  private void checkName() {
    try {
      if (!name.equals(TreeEntry.ROOT)) {
        Name.of(name);
      }
    } catch (IllegalArgumentException e) {
      throw line.syntaxError("a name that an entry can have", "'" + name + "'");
    }
  }

  private void checkAttributes(EntryKind found, SpecifiedAttributes told) {
    boolean bare = found instanceof EntryKind.Whiteout || found instanceof EntryKind.HardLink;
    if (bare && !told.equals(SpecifiedAttributes.noAttributes())) {
      throw line.syntaxError(
          "nothing else after a " + found.kindText(), "'" + told.toString().strip() + "'");
    }
    if (found instanceof EntryKind.Symlink && mode.isPresent()) {
      throw line.syntaxError(
          "no mode, which a symbolic link lacks", SpecifiedAttributes.formatMode(mode.get()));
    }
    boolean marked = found instanceof EntryKind.Directory || found instanceof EntryKind.File;
    if (!marks.isEmpty() && !marked) {
      throw line.syntaxError(
          "no marks, for files and directories only", told.formatMarks().strip());
    }
  }

  private void setKind(EntryKind found) {
    if (kind.isPresent()) {
      throw line.syntaxError(
          "one kind of entry only", kind.get().kindText() + " and " + found.kindText());
    }
    kind = Optional.of(found);
  }

  private void parseItem(boolean quoted) {
    String word = line.scanValue(EXPECTED_ITEMS, "=");
    boolean valued = line.acceptSymbol("=");
    if (quoted && !valued) {
      content.setLiteral(word);
    } else if (quoted || (valued && word.contains("."))) {
      xattrs.put(word, line.scanValue("the value of the attribute", ""));
    } else if (valued) {
      parseValued(word, line.scanValue("a value", ""));
    } else {
      parseWord(word);
    }
  }

  private void parseWord(String word) {
    switch (word) {
      case "whiteout" -> setKind(new EntryKind.Whiteout());
      case "fifo", "socket" ->
          setKind(new EntryKind.Node(EntryType.valueOf(word.toUpperCase(Locale.ROOT)), 0, 0));
      case "opaque", "redirect", "metacopy" ->
          setMark(word, SpecifiedAttributes.defaultValue(markNamed(word)));
      default -> {
        if (!word.matches("0[0-7]{3,4}")) {
          throw line.syntaxError(EXPECTED_ITEMS, "'" + word + "'");
        }
        mode = Optional.of(Integer.parseInt(word, 8));
      }
    }
  }

  private void parseValued(String word, String value) {
    switch (word) {
      case "size", "random", "sha256" -> content.parseValued(word, value);
      case "opaque", "redirect", "metacopy" -> setMark(word, value);
      case "char" -> setDevice(EntryType.CHARACTER_DEVICE, value);
      case "block" -> setDevice(EntryType.BLOCK_DEVICE, value);
      case "owner" -> {
        int[] ids = parsePair("user:group by number", value);
        owner = Optional.of(new SpecifiedAttributes.OwnerIds(ids[0], ids[1]));
      }
      case "mtime" -> modified = Optional.of(parseInstant(value));
      default -> throw line.syntaxError(EXPECTED_ITEMS, "'" + word + "=" + value + "'");
    }
  }

  private static Mark markNamed(String word) {
    return Mark.valueOf(word.toUpperCase(Locale.ROOT));
  }

  private void setMark(String word, String value) {
    marks.put(markNamed(word), value);
  }

  private void setDevice(EntryType type, String value) {
    int[] numbers = parsePair("major:minor", value);
    setKind(new EntryKind.Node(type, numbers[0], numbers[1]));
  }

  private int[] parsePair(String what, String value) {
    int colon = value.indexOf(':');
    try {
      return new int[] {
        Integer.parseUnsignedInt(value.substring(0, Math.max(0, colon))),
        Integer.parseUnsignedInt(value.substring(colon + 1))
      };
    } catch (NumberFormatException e) {
      throw line.syntaxError(what, "'" + value + "'");
    }
  }

  private Instant parseInstant(String value) {
    try {
      return Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw line.syntaxError("a time as 2026-01-31T12:00:00.5Z", "'" + value + "'");
    }
  }
}
