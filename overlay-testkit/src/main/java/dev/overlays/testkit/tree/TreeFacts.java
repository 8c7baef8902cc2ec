package dev.overlays.testkit.tree;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the facts that a tree specifies of its entries, by path. */
final class TreeFacts {
  private final SortedMap<String, EntryFacts> facts = new TreeMap<>();

  private TreeFacts() {}

  static SortedMap<String, EntryFacts> of(TreeEntry root) throws IOException {
    TreeFacts collected = new TreeFacts();
    collected.add(root, TreeEntry.ROOT, "");
    return collected.facts;
  }

  private void add(TreeEntry entry, String shown, String path) throws IOException {
    facts.put(shown, facts(entry));
    for (TreeEntry inner : entry.entries().values()) {
      String innerPath = TreeEntry.path(path, inner.name());
      add(inner, innerPath, innerPath);
    }
  }

  private static EntryFacts facts(TreeEntry entry) throws IOException {
    EntryKind kind = entry.kind();
    EntryFacts facts = new EntryFacts(kind.words());
    if (kind instanceof EntryKind.File file
        && !(file.content() instanceof FileContent.AnyContent)) {
      facts.add("content", ContentHash.fact(file.content()));
    } else if (kind instanceof EntryKind.Symlink link) {
      facts.add("target", QuotedBytes.bareOr(link.target(), true));
    } else if (kind instanceof EntryKind.HardLink link) {
      facts.add("of", QuotedBytes.bareOr(link.path(), true));
    } else if (kind instanceof EntryKind.Node node) {
      facts.add("device", node.major() + ":" + node.minor());
    }
    ToldMetadata told = entry.told();
    if (kind instanceof EntryKind.File || kind instanceof EntryKind.Directory) {
      String marks = told.markWords().strip();
      facts.add("marks", marks.isEmpty() ? "none" : marks);
    }
    told.mode().ifPresent(mode -> facts.add("mode", ToldMetadata.mode(mode)));
    told.owner().ifPresent(owner -> facts.add("owner", owner));
    told.modified().ifPresent(time -> facts.add("mtime", time));
    told.xattrs()
        .forEach(
            (name, value) ->
                facts.add("xattr " + QuotedBytes.bareOr(name, true), QuotedBytes.of(value)));
    return facts;
  }
}
