package dev.overlays.testkit.tree;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Normalizes hard links: of several names of one inode, the first in the order of the tree becomes
 * the entry, and the others become links to it. So two texts that mean the same tree are equal.
 */
final class HardLinkOrder {
  private final Map<String, TreeEntry> entriesByPath = new HashMap<>();
  private final Map<String, String> firstPaths = new HashMap<>();

  private HardLinkOrder() {}

  static TreeEntry orderLinks(TreeEntry root) {
    HardLinkOrder links = new HardLinkOrder();
    links.collectEntries(root, "");
    return links.orderLinks(root, "");
  }

  private void collectEntries(TreeEntry directory, String path) {
    for (TreeEntry entry : directory.entries().values()) {
      String inner = TreeEntry.joinPath(path, entry.name());
      String original = entry.kind() instanceof EntryKind.HardLink link ? link.path() : inner;
      entriesByPath.put(inner, entry);
      firstPaths.putIfAbsent(original, inner);
      collectEntries(entry, inner);
    }
  }

  private TreeEntry orderLinks(TreeEntry directory, String path) {
    Map<String, TreeEntry> entries = new TreeMap<>();
    for (TreeEntry entry : directory.entries().values()) {
      String inner = TreeEntry.joinPath(path, entry.name());
      String original = entry.kind() instanceof EntryKind.HardLink link ? link.path() : inner;
      String first = firstPaths.get(original);
      TreeEntry what = entriesByPath.get(original);
      entries.put(
          entry.name(),
          first.equals(inner)
              ? orderLinks(
                  new TreeEntry(entry.name(), what.kind(), what.attributes(), what.entries()),
                  inner)
              : new TreeEntry(
                  entry.name(),
                  new EntryKind.HardLink(first),
                  SpecifiedAttributes.noAttributes(),
                  new TreeMap<>()));
    }
    return new TreeEntry(
        directory.name(), directory.kind(), directory.attributes(), new TreeMap<>(entries));
  }
}
