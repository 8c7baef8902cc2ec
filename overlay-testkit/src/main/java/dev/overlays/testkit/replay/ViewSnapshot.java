package dev.overlays.testkit.replay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a view shows at one moment: the fields of each entry by path. */
record ViewSnapshot(SortedMap<String, Map<String, String>> entries) {

  /** An entry; {@code file} is equal for names of the same file. */
  record SnapshotEntry(String path, Map<String, String> fields, Object file) {}

  /** Makes a snapshot of entries in any order; different names may have the same text. */
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
