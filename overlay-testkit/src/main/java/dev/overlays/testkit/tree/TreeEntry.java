package dev.overlays.testkit.tree;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** An entry of a tree, with the entries in it by name. Names are bytes, see {@link QuotedBytes}. */
record TreeEntry(
    String name,
    EntryKind kind,
    SpecifiedAttributes attributes,
    SortedMap<String, TreeEntry> entries) {
  static final String ROOT = ".";

  TreeEntry {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  boolean isDirectory() {
    return kind instanceof EntryKind.Directory;
  }

  /** Returns the path of an entry in a directory; paths have no slash at the start. */
  static String joinPath(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  void renderTo(StringBuilder text, String indent) {
    text.append(indent)
        .append(QuotedBytes.bareOrQuoted(name, false))
        .append(kind)
        .append(attributes)
        .append('\n');
    entries.values().forEach(entry -> entry.renderTo(text, indent + "  "));
  }
}
