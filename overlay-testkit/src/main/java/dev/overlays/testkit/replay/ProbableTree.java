package dev.overlays.testkit.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Which entries there probably are, so that random operations find something to work on. It need
 * not be right: operations on what is not there, or is something else, are wanted, too.
 */
final class ProbableTree {
  /** What an entry probably is. */
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
              // Only what every JVM has a path for.
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

  /** Something is made, if there is nothing. */
  void add(String path, ProbableKind kind) {
    kinds.putIfAbsent(path, kind);
  }

  /** Something is deleted, unless it is a directory with something in it. */
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

  /** What is in a directory: zero is the character after the slash. */
  private SortedMap<String, ProbableKind> below(String path) {
    return kinds.subMap(path + "/", path + "0");
  }

  /** A path of what is wanted most of the time, otherwise of anything or nothing. */
  String mostly(ProbableKind kind) {
    return random.nextInt(10) == 0 ? any() : where(wanted -> wanted == kind);
  }

  /** A path at which there is something most of the time. */
  String existing() {
    return random.nextInt(10) == 0 ? any() : where(kind -> true);
  }

  /** A path at which there is nothing most of the time, in a directory. */
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

  /** A path of a directory, or nothing for the root. */
  String directory() {
    return random.nextInt(4) == 0 ? "" : where(kind -> kind == ProbableKind.DIRECTORY);
  }

  /** A name that is in a directory, or might be. */
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
