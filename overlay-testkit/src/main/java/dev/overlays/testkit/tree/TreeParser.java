package dev.overlays.testkit.tree;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Parses the text of a tree: puts the entries of its lines into directories by their indents. */
final class TreeParser {
  private final Deque<Level> levels = new ArrayDeque<>();
  private final Map<String, Line> hardLinks = new HashMap<>();
  private final Map<String, Entry> byPath = new HashMap<>();

  /** A directory whose entries are being parsed, and their indent. */
  private static final class Level {
    private final Entry directory;
    private final String path;
    private final Map<String, Entry> entries = new TreeMap<>();
    private int indent = -1;

    Level(Entry directory, String path) {
      this.directory = directory;
      this.path = path;
    }
  }

  static Entry parse(String text) {
    TreeParser parser = new TreeParser();
    parser.open(new Entry(Entry.ROOT, new Kind.Directory(), Told.nothing(), new TreeMap<>()), "");
    int number = 0;
    for (String line : text.lines().toList()) {
      Line read = new Line(++number, line);
      if (!read.isEmpty()) {
        parser.add(read);
      }
    }
    return parser.end();
  }

  private void open(Entry directory, String path) {
    levels.push(new Level(directory, path));
  }

  private void add(Line line) {
    while (levels.size() > 1 && line.indent() < indent(line)) {
      close();
    }
    if (line.indent() != indent(line)) {
      throw line.expected(
          "the indent of its directory's entries, " + indent(line), line.indent() + " spaces");
    }
    Entry entry = EntryParser.parse(line);
    Level level = levels.element();
    if (entry.name().equals(Entry.ROOT)) {
      root(line, entry);
      return;
    }
    String path = Entry.path(level.path, entry.name());
    if (level.entries.putIfAbsent(entry.name(), entry) != null) {
      throw line.expected("a name that is not there yet", Quoted.of(entry.name()) + " again");
    }
    byPath.put(path, entry);
    if (entry.kind() instanceof Kind.HardLink) {
      hardLinks.put(path, line);
    }
    if (entry.isDirectory()) {
      open(entry, path);
    }
  }

  /** The first line in a directory decides how far its entries are indented. */
  private int indent(Line line) {
    Level level = levels.element();
    if (level.indent < 0) {
      Level parent = levels.stream().skip(1).findFirst().orElse(null);
      if (parent == null || line.indent() > parent.indent) {
        level.indent = line.indent();
      } else {
        close();
        return indent(line);
      }
    }
    return level.indent;
  }

  private void root(Line line, Entry entry) {
    if (levels.size() > 1 || !byPath.isEmpty() || !entry.isDirectory()) {
      throw line.expected("the root as ./ in the first line", "it here");
    }
    int indent = levels.pop().indent;
    open(entry, "");
    levels.element().indent = indent;
  }

  private void close() {
    Level level = levels.pop();
    levels.element().entries.put(level.directory.name(), whole(level));
  }

  private static Entry whole(Level level) {
    Entry entry = level.directory;
    return new Entry(entry.name(), entry.kind(), entry.told(), new TreeMap<>(level.entries));
  }

  private Entry end() {
    while (levels.size() > 1) {
      close();
    }
    hardLinks.forEach(this::checkHardLink);
    return HardLinks.ordered(whole(levels.pop()));
  }

  private void checkHardLink(String path, Line line) {
    String target = ((Kind.HardLink) byPath.get(path).kind()).path();
    Entry entry = byPath.get(target);
    if (entry == null || List.of("directory", "hard link").contains(entry.kind().words())) {
      throw line.expected(
          "the path of an entry of this tree that is no directory or hard link itself",
          Quoted.of(target));
    }
  }
}
