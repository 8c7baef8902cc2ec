package dev.overlays.testkit.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A guess of the entries in a view, so that random operations find something to work on. It may be
 * wrong: operations on missing entries and on entries of another kind are wanted, too.
 */
final class ProbableTree {
  /** The probable kind of an entry. */
  enum ProbableKind {
    FILE,
    DIRECTORY,
    OTHER
  }

  private static final List<String> NAMES = List.of("a", "b", "c", "d", "two words", "e");

  private final SortedMap<String, ProbableKind> kinds = new TreeMap<>();
  private final Random random;

  ProbableTree(ViewSnapshot base, Random random) {
    this.random = random;
    base.entries()
        .forEach(
            (path, fields) -> {
              // Only names that every JVM can represent as a path.
              if (!path.matches(".*[?'].*") && !path.equals(".")) {
                kinds.put(path, kind(fields.get("kind")));
              }
            });
  }

  private static ProbableKind kind(String format) {
    return switch (format) {
      case ShownFields.FILE -> ProbableKind.FILE;
      case ShownFields.DIRECTORY -> ProbableKind.DIRECTORY;
      default -> ProbableKind.OTHER;
    };
  }

  /** Adds an entry, unless one exists. */
  void add(String path, ProbableKind kind) {
    kinds.putIfAbsent(path, kind);
  }

  /** Removes an entry, unless it is a directory with entries. */
  void delete(String path) {
    if (below(path).isEmpty()) {
      kinds.remove(path);
    }
  }

  void clear(String path) {
    below(path).clear();
  }

  void move(String path, String target) {
    ProbableKind kind = kinds.get(path);
    if (kind == null || !below(target).isEmpty() || (target + "/").startsWith(path + "/")) {
      return;
    }
    Map<String, ProbableKind> inner = new TreeMap<>(below(path));
    below(path).clear();
    kinds.remove(path);
    kinds.put(target, kind);
    inner.forEach((old, innerKind) -> kinds.put(target + old.substring(path.length()), innerKind));
  }

  /** Returns the entries in a directory; '0' is the character after '/'. */
  private SortedMap<String, ProbableKind> below(String path) {
    return kinds.subMap(path + "/", path + "0");
  }

  /** Returns a path, most of the time of an entry of the wanted kind. */
  String mostly(ProbableKind kind) {
    return random.nextInt(10) == 0 ? any() : where(wanted -> wanted == kind);
  }

  /** Returns a path, most of the time of an existing entry. */
  String existing() {
    return random.nextInt(10) == 0 ? any() : where(kind -> true);
  }

  /** Returns a path, most of the time of no entry, in an existing directory. */
  String fresh() {
    return random.nextInt(10) == 0 ? any() : in(directory());
  }

  private String any() {
    return random.nextInt(4) == 0
        ? in(where(kind -> true))
        : random.nextBoolean() ? where(kind -> true) : in(directory());
  }

  private String where(Predicate<ProbableKind> wanted) {
    List<String> paths = new ArrayList<>();
    kinds.forEach(
        (path, kind) -> {
          if (wanted.test(kind)) {
            paths.add(path);
          }
        });
    return paths.isEmpty() ? name() : any(paths);
  }

  /** Returns the path of a directory; empty for the root. */
  String directory() {
    return random.nextInt(4) == 0 ? "" : where(kind -> kind == ProbableKind.DIRECTORY);
  }

  /** Returns a name in a directory, existing or not. */
  String nameIn(String directory) {
    List<String> names = new ArrayList<>(List.of(name()));
    String prefix = directory.isEmpty() ? "" : directory + "/";
    for (String path : kinds.keySet()) {
      if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
        names.add(path.substring(prefix.length()));
      }
    }
    return any(names);
  }

  private String in(String directory) {
    return directory.isEmpty() ? name() : directory + "/" + name();
  }

  private String name() {
    return any(NAMES);
  }

  <T> T any(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
