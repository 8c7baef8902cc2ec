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
  private final Map<String, TreeEntry> entriesByPath = new HashMap<>();

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
    parser.openLevel(
        new TreeEntry(
            TreeEntry.ROOT,
            new EntryKind.Directory(),
            SpecifiedAttributes.noAttributes(),
            new TreeMap<>()),
        "");
    int number = 0;
    for (String line : text.lines().toList()) {
      TextLine read = new TextLine(++number, line);
      if (!read.isEmpty()) {
        parser.addLine(read);
      }
    }
    return parser.finishTree();
  }

  private void openLevel(TreeEntry directory, String path) {
    levels.push(new ParsedLevel(directory, path));
  }

  private void addLine(TextLine line) {
    while (levels.size() > 1 && line.indentWidth() < expectedIndent(line)) {
      closeLevel();
    }
    if (line.indentWidth() != expectedIndent(line)) {
      throw line.syntaxError(
          "the indent of its directory's entries, " + expectedIndent(line),
          line.indentWidth() + " spaces");
    }
    TreeEntry entry = EntryParser.parse(line);
    ParsedLevel level = levels.element();
    if (entry.name().equals(TreeEntry.ROOT)) {
      replaceRoot(line, entry);
      return;
    }
    String path = TreeEntry.joinPath(level.path, entry.name());
    if (level.entries.putIfAbsent(entry.name(), entry) != null) {
      throw line.syntaxError(
          "a name that is not used yet", QuotedBytes.quoteBytes(entry.name()) + " again");
    }
    entriesByPath.put(path, entry);
    if (entry.kind() instanceof EntryKind.HardLink) {
      hardLinks.put(path, line);
    }
    if (entry.isDirectory()) {
      openLevel(entry, path);
    }
  }

  /** The first line in a directory decides how far its entries are indented. */
  private int expectedIndent(TextLine line) {
    ParsedLevel level = levels.element();
    if (level.indent < 0) {
      ParsedLevel parent = levels.stream().skip(1).findFirst().orElse(null);
      if (parent == null || line.indentWidth() > parent.indent) {
        level.indent = line.indentWidth();
      } else {
        closeLevel();
        return expectedIndent(line);
      }
    }
    return level.indent;
  }

  private void replaceRoot(TextLine line, TreeEntry entry) {
    if (levels.size() > 1 || !entriesByPath.isEmpty() || !entry.isDirectory()) {
      throw line.syntaxError("the root as ./ in the first line", "it here");
    }
    int indent = levels.pop().indent;
    openLevel(entry, "");
    levels.element().indent = indent;
  }

  private void closeLevel() {
    ParsedLevel level = levels.pop();
    levels.element().entries.put(level.directory.name(), completeDirectory(level));
  }

  private static TreeEntry completeDirectory(ParsedLevel level) {
    TreeEntry entry = level.directory;
    return new TreeEntry(
        entry.name(), entry.kind(), entry.attributes(), new TreeMap<>(level.entries));
  }

  private TreeEntry finishTree() {
    while (levels.size() > 1) {
      closeLevel();
    }
    hardLinks.forEach(this::checkHardLink);
    return HardLinkOrder.orderLinks(completeDirectory(levels.pop()));
  }

  private void checkHardLink(String path, TextLine line) {
    String target = ((EntryKind.HardLink) entriesByPath.get(path).kind()).path();
    TreeEntry entry = entriesByPath.get(target);
    if (entry == null || List.of("directory", "hard link").contains(entry.kind().kindText())) {
      throw line.syntaxError(
          "the path of an entry of this tree that is neither a directory nor a hard link",
          QuotedBytes.quoteBytes(target));
    }
  }
}
