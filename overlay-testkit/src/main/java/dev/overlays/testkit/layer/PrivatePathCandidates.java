package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/** The paths in two layers, from which private paths are chosen. */
final class PrivatePathCandidates {
  private final LayerPaths lower = new LayerPaths();
  private final LayerPaths upper = new LayerPaths();

  /** The paths in one layer that can be written as text, each with its type. */
  static final class LayerPaths {
    private final Map<String, EntryType> kinds = new TreeMap<>();

    void addPath(List<Name> path, EntryType kind) {
      StringBuilder text = new StringBuilder();
      for (Name name : path) {
        if (!Name.of(name.toString()).equals(name)) {
          return;
        }
        text.append(text.isEmpty() ? "" : "/").append(name);
      }
      kinds.put(text.toString(), kind);
    }
  }

  LayerPaths lowerPaths() {
    return lower;
  }

  LayerPaths upperPaths() {
    return upper;
  }

  static List<Name> appendName(List<Name> path, Name name) {
    List<Name> inner = new ArrayList<>(path);
    inner.add(name);
    return List.copyOf(inner);
  }

  /** Chooses a path in the lower, in both, in the upper, and in neither, as far as they exist. */
  List<String> privatePaths(Random random) {
    List<String> chosen = new ArrayList<>();
    choosePath(chosen, random, lower, path -> !upper.kinds.containsKey(path));
    choosePath(chosen, random, lower, upper.kinds::containsKey);
    choosePath(chosen, random, upper, path -> !lower.kinds.containsKey(path));
    chosen.add("neither/of the two");
    return List.copyOf(chosen);
  }

  private void choosePath(
      List<String> chosen, Random random, LayerPaths layer, Predicate<String> wanted) {
    List<String> paths =
        layer.kinds.keySet().stream().filter(wanted).filter(this::isResolvable).toList();
    if (!paths.isEmpty()) {
      chosen.add(paths.get(random.nextInt(paths.size())));
    }
  }

  /** A mount refuses a private path on which the lower has a symbolic link. */
  private boolean isResolvable(String path) {
    for (int slash = path.indexOf('/'); slash > 0; slash = path.indexOf('/', slash + 1)) {
      if (lower.kinds.get(path.substring(0, slash)) == EntryType.SYMLINK) {
        return false;
      }
    }
    return true;
  }
}
