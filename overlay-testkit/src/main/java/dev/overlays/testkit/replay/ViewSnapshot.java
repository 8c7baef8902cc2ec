package dev.overlays.testkit.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is shown at one moment: the fields of each entry by path. */
record ViewSnapshot(SortedMap<String, Map<String, String>> entries) {

  /** An entry, with what tells that two names are one file. */
  record SnapshotEntry(String path, Map<String, String> fields, Object file) {}

  /** Entries in any order; different names may look the same. */
  static ViewSnapshot of(List<SnapshotEntry> entries) {
    List<SnapshotEntry> sorted = new ArrayList<>(entries);
    sorted.sort(
        Comparator.comparing(SnapshotEntry::path)
            .thenComparing(entry -> entry.fields().toString()));
    SortedMap<String, Map<String, String>> view = new TreeMap<>();
    Map<Object, Map<String, String>> first = new HashMap<>();
    Map<Object, String> paths = new HashMap<>();
    for (SnapshotEntry entry : sorted) {
      String path = entry.path();
      while (view.containsKey(path)) {
        path += "'";
      }
      view.put(path, entry.fields());
      if (entry.file() != null) {
        String firstPath = paths.putIfAbsent(entry.file(), path);
        if (firstPath == null) {
          first.put(entry.file(), entry.fields());
        } else {
          entry.fields().put("same", firstPath);
          first.get(entry.file()).put("same", firstPath);
        }
      }
    }
    return new ViewSnapshot(view);
  }
}
