package dev.overlays.linux.demo;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;

/** A tree as lines, with the meaning that each entry has in a layer; sizes end in one column. */
final class TreeListing {
  /** An entry: its name, indented, and its size or meaning. */
  private record Row(String name, String size, String meaning) {}

  private final DemoScreen screen;
  private final List<Row> rows = new ArrayList<>();

  TreeListing(DemoScreen screen) {
    this.screen = screen;
  }

  void printTree(Path root) throws IOException {
    rows.clear();
    try (LayerDirectory directory = LayerStore.of(root).open(root)) {
      addRows(directory, "      ");
    }
    screen.printLine("    " + root);
    int names = longest(rows.stream().filter(row -> !row.size.isEmpty()).map(Row::name).toList());
    int sizes = longest(rows.stream().map(Row::size).toList());
    rows.forEach(row -> screen.printLine(lineOf(row, names, sizes)));
  }

  private static int longest(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(0);
  }

  private String lineOf(Row row, int names, int sizes) {
    if (!row.size.isEmpty()) {
      String gap = " ".repeat(names - row.name.length() + sizes - row.size.length());
      return row.name + gap + "  " + row.size;
    }
    boolean directory = row.name.endsWith("/");
    String name = directory ? screen.inBlue(row.name) : screen.inRed(row.name);
    return row.meaning.isEmpty() ? name : name + "  " + screen.dimmed(row.meaning);
  }

  private void addRows(LayerDirectory directory, String indent) throws IOException {
    for (LayerEntry entry : sortedEntries(directory).values()) {
      Name name = entry.name();
      EntryStat stat = LayerEntries.requireStat(directory, name);
      if (stat.isDirectory()) {
        String meaning =
            isOpaque(directory, name) ? "(opaque: hides the lower's directory of this name)" : "";
        rows.add(new Row(indent + name + "/", "", meaning));
        try (LayerDirectory inner = directory.open(name)) {
          addRows(inner, indent + "  ");
        }
      } else if (LayerEntries.isWhiteout(directory, name, stat, MarkNamespace.TRUSTED)) {
        rows.add(new Row(indent + name, "", "(whiteout: the name is deleted)"));
      } else {
        rows.add(new Row(indent + name, String.format(Locale.ROOT, "%,d bytes", stat.size()), ""));
      }
    }
  }

  private static boolean isOpaque(LayerDirectory directory, Name name) throws IOException {
    return LayerEntries.isOpaque(directory, name, MarkNamespace.TRUSTED)
        || LayerEntries.isOpaque(directory, name, MarkNamespace.USER);
  }

  static SortedMap<String, LayerEntry> sortedEntries(LayerDirectory directory) throws IOException {
    SortedMap<String, LayerEntry> entries = new TreeMap<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      entries.put(entry.name().toString(), entry);
    }
    return entries;
  }
}
