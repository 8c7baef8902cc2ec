package dev.overlays.testkit.tree;

import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/** Collects the facts that a tree specifies of its entries, by path. */
final class TreeFacts {
  private final SortedMap<String, Facts> facts = new TreeMap<>();

  private TreeFacts() {}

  static SortedMap<String, Facts> of(Entry root) throws IOException {
    TreeFacts collected = new TreeFacts();
    collected.add(root, Entry.ROOT, "");
    return collected.facts;
  }

  private void add(Entry entry, String shown, String path) throws IOException {
    facts.put(shown, facts(entry));
    for (Entry inner : entry.entries().values()) {
      String innerPath = Entry.path(path, inner.name());
      add(inner, innerPath, innerPath);
    }
  }

  private static Facts facts(Entry entry) throws IOException {
    Kind kind = entry.kind();
    Facts facts = new Facts(kind.words());
    if (kind instanceof Kind.File file && !(file.content() instanceof Content.Unsaid)) {
      facts.add("content", Hash.fact(file.content()));
    } else if (kind instanceof Kind.Symlink link) {
      facts.add("target", Quoted.bareOr(link.target(), true));
    } else if (kind instanceof Kind.HardLink link) {
      facts.add("of", Quoted.bareOr(link.path(), true));
    } else if (kind instanceof Kind.Node node) {
      facts.add("device", node.major() + ":" + node.minor());
    }
    Told told = entry.told();
    if (kind instanceof Kind.File || kind instanceof Kind.Directory) {
      String marks = told.markWords().strip();
      facts.add("marks", marks.isEmpty() ? "none" : marks);
    }
    told.mode().ifPresent(mode -> facts.add("mode", Told.mode(mode)));
    told.owner().ifPresent(owner -> facts.add("owner", owner));
    told.modified().ifPresent(time -> facts.add("mtime", time));
    told.xattrs()
        .forEach(
            (name, value) -> facts.add("xattr " + Quoted.bareOr(name, true), Quoted.of(value)));
    return facts;
  }
}
