package dev.overlays.merge;

import dev.overlays.merge.report.ConflictKind;
import dev.overlays.testkit.layer.LayerView;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The expected result of a shared merge, computed from manifests of what the instances show. Of the
 * layers it knows only which names an upper has and which of its directories hide the lowers'.
 */
final class SharedModel {
  final SortedMap<String, String> lower;
  final List<InstanceSide> sides = new ArrayList<>();

  /**
   * One instance.
   *
   * @param view the manifest of its view, by path
   * @param own the paths in its upper
   * @param hiding the directories that show nothing of the lowers at their place
   */
  record InstanceSide(SortedMap<String, String> view, SortedSet<String> own, Set<String> hiding) {
    /** Whether it shows what the lowers have there, at least as a part of a directory. */
    boolean reliesOnLower(String path, Map<String, String> lower) {
      return view.containsKey(path)
          && lower.containsKey(path)
          && !hiding.contains(parentPath(path))
          && (!own.contains(path)
              || (isDirectory(view.get(path))
                  && isDirectory(lower.get(path))
                  && !hiding.contains(path)))
          && (parentPath(path).equals(".") || reliesOnLower(parentPath(path), lower));
    }

    boolean showsDirectory(String path) {
      return isDirectory(view.get(path));
    }
  }

  private SharedModel(SortedMap<String, String> lower) {
    this.lower = lower;
  }

  static SharedModel of(SharedLayers layers) throws IOException {
    SharedModel model = new SharedModel(linesByPath(layers.lowerView()));
    for (int i = 0; i < layers.specs().size(); i++) {
      SortedMap<String, String> view = linesByPath(layers.instanceView(i));
      SortedSet<String> own = new TreeSet<>(linesByPath(layers.upperView(i)).keySet());
      own.remove(".");
      Set<String> marked = HidingDirectories.of(SharedLayers.STORE, layers.upperPath(i));
      model.sides.add(new InstanceSide(view, own, model.findHiding(view, own, marked)));
    }
    return model;
  }

  /**
   * Finds the directories that hide the lowers'. A marked directory with nothing to hide that was
   * not renamed is a new one.
   */
  private Set<String> findHiding(
      Map<String, String> view, SortedSet<String> own, Set<String> marked) {
    Set<String> hiding = new HashSet<>();
    for (String path : new TreeSet<>(view.keySet())) {
      boolean renamed = marked.contains("redirect " + path);
      boolean opaque = marked.contains("opaque " + path) && isDirectory(lower.get(path));
      boolean ownDirectory = own.contains(path) && isDirectory(view.get(path));
      if (!path.equals(".")
          && (hiding.contains(parentPath(path)) || (ownDirectory && (renamed || opaque)))) {
        hiding.add(path);
      }
    }
    return hiding;
  }

  static SortedMap<String, String> linesByPath(LayerView view) throws IOException {
    SortedMap<String, String> lines = new TreeMap<>();
    for (String line : view.manifest()) {
      lines.put(line.substring(0, line.indexOf(' ')), line);
    }
    return lines;
  }

  static boolean isDirectory(String line) {
    return line != null && line.contains(" DIRECTORY ");
  }

  static String parentPath(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "." : path.substring(0, slash);
  }

  /** Applies the changes of one instance to a tree. */
  void applySide(SortedMap<String, String> tree, InstanceSide side) {
    tree.put(".", side.view.get("."));
    Set<String> done = new HashSet<>();
    for (String path : side.own) {
      if (done.contains(parentPath(path))) {
        done.add(path);
      } else if (!side.showsDirectory(path) || side.hiding.contains(path)) {
        removeTree(tree, path);
        side.view.forEach(
            (shown, line) -> {
              if (shown.equals(path) || shown.startsWith(path + "/")) {
                tree.put(shown, line);
              }
            });
        done.add(path);
      } else {
        if (!isDirectory(tree.get(path))) {
          tree.remove(path);
        }
        tree.put(path, side.view.get(path));
      }
    }
  }

  private static void removeTree(SortedMap<String, String> tree, String path) {
    tree.keySet().removeIf(old -> old.equals(path) || old.startsWith(path + "/"));
  }

  /** Returns the lower after the first instances are merged in order. */
  SortedMap<String, String> lowerAfterMerging(int merged) {
    SortedMap<String, String> tree = new TreeMap<>(lower);
    sides.subList(0, merged).forEach(side -> applySide(tree, side));
    return tree;
  }

  /** Returns the conflicts of merging the first instances, by path. */
  SortedMap<String, ConflictKind> findConflicts(int merged) {
    Set<String> paths = new TreeSet<>(lower.keySet());
    sides.forEach(side -> paths.addAll(side.view.keySet()));
    paths.remove(".");
    SortedMap<String, ConflictKind> found = new TreeMap<>();
    for (String path : paths) {
      for (int i = 0; i < sides.size(); i++) {
        for (int j = 0; j < sides.size(); j++) {
          if (i != j && i < merged && isDeleted(path, sides.get(i), sides.get(j))) {
            found.put(path, ConflictKind.DELETED);
          } else if (i < j && i < merged && isChanged(path, sides.get(i), sides.get(j))) {
            found.putIfAbsent(path, ConflictKind.CHANGED);
          }
        }
      }
    }
    return found;
  }

  private boolean isDeleted(String path, InstanceSide one, InstanceSide other) {
    boolean another =
        !one.reliesOnLower(path, lower) && one.showsDirectory(path) != isDirectory(lower.get(path));
    return lower.containsKey(path)
        && one.showsDirectory(parentPath(path))
        && (!one.view.containsKey(path) || another)
        && other.reliesOnLower(path, lower);
  }

  private boolean isChanged(String path, InstanceSide one, InstanceSide other) {
    return isChange(path, one)
        && isChange(path, other)
        && !withoutTime(one.view.get(path)).equals(withoutTime(other.view.get(path)));
  }

  private boolean isChange(String path, InstanceSide side) {
    if (!side.view.containsKey(path)) {
      return lower.containsKey(path)
          || (side.showsDirectory(parentPath(path)) && side.hiding.contains(parentPath(path)));
    }
    return side.own.contains(path) || !side.reliesOnLower(path, lower);
  }

  private static String withoutTime(String line) {
    return line == null ? "" : line.replaceAll(" mtime=\\S+", "");
  }

  static Map<ConflictKind, Long> countByKind(Map<String, ConflictKind> conflicts) {
    Map<ConflictKind, Long> counts = new EnumMap<>(ConflictKind.class);
    conflicts.values().forEach(kind -> counts.merge(kind, 1L, Long::sum));
    return counts;
  }
}
