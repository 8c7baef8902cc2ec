package dev.overlays.testkit.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Parses the text of a tree: puts the entries of its lines into directories by their indents. */
final class TreeParser {
  private final Deque<ParsedLevel> levels = new ArrayDeque<>();
  private final Map<String, TextLine> hardLinks = new HashMap<>();
  private final Map<String, TreeEntry> byPath = new HashMap<>();

  /** A directory whose entries are being parsed, and their indent. */
  private static final class ParsedLevel {
    private final TreeEntry directory;
    private final String path;
    private final Map<String, TreeEntry> entries = new TreeMap<>();
    private int indent = -1;

    ParsedLevel(TreeEntry directory, String path) {
      this.directory = directory;
      this.path = path;
    }
  }

  static TreeEntry parse(String text) {
    TreeParser parser = new TreeParser();
    parser.open(
        new TreeEntry(
            TreeEntry.ROOT, new EntryKind.Directory(), ToldMetadata.nothing(), new TreeMap<>()),
        "");
    int number = 0;
    for (String line : text.lines().toList()) {
      TextLine read = new TextLine(++number, line);
      if (!read.isEmpty()) {
        parser.add(read);
      }
    }
    return parser.end();
  }

  private void open(TreeEntry directory, String path) {
    levels.push(new ParsedLevel(directory, path));
  }

  private void add(TextLine line) {
    while (levels.size() > 1 && line.indent() < indent(line)) {
      close();
    }
    if (line.indent() != indent(line)) {
      throw line.expected(
          "the indent of its directory's entries, " + indent(line), line.indent() + " spaces");
    }
    TreeEntry entry = EntryParser.parse(line);
    ParsedLevel level = levels.element();
    if (entry.name().equals(TreeEntry.ROOT)) {
      root(line, entry);
      return;
    }
    String path = TreeEntry.path(level.path, entry.name());
    if (level.entries.putIfAbsent(entry.name(), entry) != null) {
      throw line.expected("a name that is not there yet", QuotedBytes.of(entry.name()) + " again");
    }
    byPath.put(path, entry);
    if (entry.kind() instanceof EntryKind.HardLink) {
      hardLinks.put(path, line);
    }
    if (entry.isDirectory()) {
      open(entry, path);
    }
  }

  /** The first line in a directory decides how far its entries are indented. */
  private int indent(TextLine line) {
    ParsedLevel level = levels.element();
    if (level.indent < 0) {
      ParsedLevel parent = levels.stream().skip(1).findFirst().orElse(null);
      if (parent == null || line.indent() > parent.indent) {
        level.indent = line.indent();
      } else {
        close();
        return indent(line);
      }
    }
    return level.indent;
  }

  private void root(TextLine line, TreeEntry entry) {
    if (levels.size() > 1 || !byPath.isEmpty() || !entry.isDirectory()) {
      throw line.expected("the root as ./ in the first line", "it here");
    }
    int indent = levels.pop().indent;
    open(entry, "");
    levels.element().indent = indent;
  }

  private void close() {
    ParsedLevel level = levels.pop();
    levels.element().entries.put(level.directory.name(), whole(level));
  }

  private static TreeEntry whole(ParsedLevel level) {
    TreeEntry entry = level.directory;
    return new TreeEntry(entry.name(), entry.kind(), entry.told(), new TreeMap<>(level.entries));
  }

  private TreeEntry end() {
    while (levels.size() > 1) {
      close();
    }
    hardLinks.forEach(this::checkHardLink);
    return HardLinks.ordered(whole(levels.pop()));
  }

  private void checkHardLink(String path, TextLine line) {
    String target = ((EntryKind.HardLink) byPath.get(path).kind()).path();
    TreeEntry entry = byPath.get(target);
    if (entry == null || List.of("directory", "hard link").contains(entry.kind().words())) {
      throw line.expected(
          "the path of an entry of this tree that is no directory or hard link itself",
          QuotedBytes.of(target));
    }
  }
}
