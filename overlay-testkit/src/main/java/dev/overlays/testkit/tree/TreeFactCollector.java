package dev.overlays.testkit.tree;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the facts that a tree specifies of its entries, by path. */
final class TreeFactCollector {
  private final SortedMap<String, EntryFacts> facts = new TreeMap<>();

  private TreeFactCollector() {}

  static SortedMap<String, EntryFacts> ofTree(TreeEntry root) throws IOException {
    TreeFactCollector collected = new TreeFactCollector();
    collected.addEntry(root, TreeEntry.ROOT, "");
    return collected.facts;
  }

  private void addEntry(TreeEntry entry, String shown, String path) throws IOException {
    facts.put(shown, factsOf(entry));
    for (TreeEntry inner : entry.entries().values()) {
      String innerPath = TreeEntry.joinPath(path, inner.name());
      addEntry(inner, innerPath, innerPath);
    }
  }

  private static EntryFacts factsOf(TreeEntry entry) throws IOException {
    EntryKind kind = entry.kind();
    EntryFacts facts = new EntryFacts(kind.kindText());
    if (kind instanceof EntryKind.File file
        && !(file.content() instanceof FileContent.AnyContent)) {
      facts.addFact("content", ContentHash.contentFact(file.content()));
    } else if (kind instanceof EntryKind.Symlink link) {
      facts.addFact("target", QuotedBytes.bareOrQuoted(link.target(), true));
    } else if (kind instanceof EntryKind.HardLink link) {
      facts.addFact("of", QuotedBytes.bareOrQuoted(link.path(), true));
    } else if (kind instanceof EntryKind.Node node) {
      facts.addFact("device", node.major() + ":" + node.minor());
    }
    SpecifiedAttributes told = entry.attributes();
    if (kind instanceof EntryKind.File || kind instanceof EntryKind.Directory) {
      String marks = told.formatMarks().strip();
      facts.addFact("marks", marks.isEmpty() ? "none" : marks);
    }
    told.mode().ifPresent(mode -> facts.addFact("mode", SpecifiedAttributes.formatMode(mode)));
    told.owner().ifPresent(owner -> facts.addFact("owner", owner));
    told.modified().ifPresent(time -> facts.addFact("mtime", time));
    told.xattrs()
        .forEach(
            (name, value) ->
                facts.addFact(
                    "xattr " + QuotedBytes.bareOrQuoted(name, true),
                    QuotedBytes.quoteBytes(value)));
    return facts;
  }
}
