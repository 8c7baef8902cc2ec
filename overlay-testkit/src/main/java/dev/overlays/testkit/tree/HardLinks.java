package dev.overlays.testkit.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Normalizes hard links: of several names of one inode, the first in the order of the tree becomes
 * the entry, and the others become links to it. So two texts that mean the same tree are equal.
 */
final class HardLinks {
  private final Map<String, Entry> originals = new HashMap<>();
  private final Map<String, String> firsts = new HashMap<>();

  private HardLinks() {}

  static Entry ordered(Entry root) {
    HardLinks links = new HardLinks();
    links.collect(root, "");
    return links.ordered(root, "");
  }

  private void collect(Entry directory, String path) {
    for (Entry entry : directory.entries().values()) {
      String inner = Entry.path(path, entry.name());
      String original = entry.kind() instanceof Kind.HardLink link ? link.path() : inner;
      originals.put(inner, entry);
      firsts.putIfAbsent(original, inner);
      collect(entry, inner);
    }
  }

  private Entry ordered(Entry directory, String path) {
    Map<String, Entry> entries = new TreeMap<>();
    for (Entry entry : directory.entries().values()) {
      String inner = Entry.path(path, entry.name());
      String original = entry.kind() instanceof Kind.HardLink link ? link.path() : inner;
      String first = firsts.get(original);
      Entry what = originals.get(original);
      entries.put(
          entry.name(),
          first.equals(inner)
              ? ordered(new Entry(entry.name(), what.kind(), what.told(), what.entries()), inner)
              : new Entry(entry.name(), new Kind.HardLink(first), Told.nothing(), new TreeMap<>()));
    }
    return new Entry(directory.name(), directory.kind(), directory.told(), new TreeMap<>(entries));
  }
}
