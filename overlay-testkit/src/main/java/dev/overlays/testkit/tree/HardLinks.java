package dev.overlays.testkit.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Normalizes hard links: of several names of one inode, the first in the order of the tree becomes
 * the entry, and the others become links to it. So two texts that mean the same tree are equal.
 */
final class HardLinks {
  private final Map<String, TreeEntry> originals = new HashMap<>();
  private final Map<String, String> firsts = new HashMap<>();

  private HardLinks() {}

  static TreeEntry ordered(TreeEntry root) {
    HardLinks links = new HardLinks();
    links.collect(root, "");
    return links.ordered(root, "");
  }

  private void collect(TreeEntry directory, String path) {
    for (TreeEntry entry : directory.entries().values()) {
      String inner = TreeEntry.path(path, entry.name());
      String original = entry.kind() instanceof EntryKind.HardLink link ? link.path() : inner;
      originals.put(inner, entry);
      firsts.putIfAbsent(original, inner);
      collect(entry, inner);
    }
  }

  private TreeEntry ordered(TreeEntry directory, String path) {
    Map<String, TreeEntry> entries = new TreeMap<>();
    for (TreeEntry entry : directory.entries().values()) {
      String inner = TreeEntry.path(path, entry.name());
      String original = entry.kind() instanceof EntryKind.HardLink link ? link.path() : inner;
      String first = firsts.get(original);
      TreeEntry what = originals.get(original);
      entries.put(
          entry.name(),
          first.equals(inner)
              ? ordered(
                  new TreeEntry(entry.name(), what.kind(), what.told(), what.entries()), inner)
              : new TreeEntry(
                  entry.name(),
                  new EntryKind.HardLink(first),
                  ToldMetadata.nothing(),
                  new TreeMap<>()));
    }
    return new TreeEntry(
        directory.name(), directory.kind(), directory.told(), new TreeMap<>(entries));
  }
}
