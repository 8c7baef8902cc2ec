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
final class TreeGuess {
  /** The probable kind of an entry. */
  enum ProbableKind {
    FILE,
    DIRECTORY,
    OTHER
  }

  private static final List<String> NAMES = List.of("a", "b", "c", "d", "two words", "e");

  private final SortedMap<String, ProbableKind> kinds = new TreeMap<>();
  private final Random random;

  TreeGuess(ViewSnapshot base, Random random) {
    this.random = random;
    base.entries()
        .forEach(
            (path, fields) -> {
              // Only names that every JVM can represent as a path.
              if (!path.matches(".*[?'].*") && !path.equals(".")) {
                kinds.put(path, kindOf(fields.get("kind")));
              }
            });
  }

  private static ProbableKind kindOf(String format) {
    return switch (format) {
      case ShownFields.FILE -> ProbableKind.FILE;
      case ShownFields.DIRECTORY -> ProbableKind.DIRECTORY;
      default -> ProbableKind.OTHER;
    };
  }

  /** Adds an entry, unless one exists. */
  void addEntry(String path, ProbableKind kind) {
    kinds.putIfAbsent(path, kind);
  }

  /** Removes an entry, unless it is a directory with entries. */
  void deleteEntry(String path) {
    if (entriesBelow(path).isEmpty()) {
      kinds.remove(path);
    }
  }

  void clearDirectory(String path) {
    entriesBelow(path).clear();
  }

  void moveEntry(String path, String target) {
    ProbableKind kind = kinds.get(path);
    if (kind == null || !entriesBelow(target).isEmpty() || (target + "/").startsWith(path + "/")) {
      return;
    }
    Map<String, ProbableKind> inner = new TreeMap<>(entriesBelow(path));
    entriesBelow(path).clear();
    kinds.remove(path);
    kinds.put(target, kind);
    inner.forEach((old, innerKind) -> kinds.put(target + old.substring(path.length()), innerKind));
  }

  /** Returns the entries in a directory; '0' is the character after '/'. */
  private SortedMap<String, ProbableKind> entriesBelow(String path) {
    return kinds.subMap(path + "/", path + "0");
  }

  /** Returns a path, most of the time of an entry of the wanted kind. */
  String probablyOfKind(ProbableKind kind) {
    return random.nextInt(10) == 0 ? anyPath() : pathWhere(wanted -> wanted == kind);
  }

  /** Returns a path, most of the time of an existing entry. */
  String probablyExisting() {
    return random.nextInt(10) == 0 ? anyPath() : pathWhere(kind -> true);
  }

  /** Returns a path, most of the time of no entry, in an existing directory. */
  String probablyFree() {
    return random.nextInt(10) == 0 ? anyPath() : pathIn(probableDirectory());
  }

  private String anyPath() {
    return random.nextInt(4) == 0
        ? pathIn(pathWhere(kind -> true))
        : random.nextBoolean() ? pathWhere(kind -> true) : pathIn(probableDirectory());
  }

  private String pathWhere(Predicate<ProbableKind> wanted) {
    List<String> paths = new ArrayList<>();
    kinds.forEach(
        (path, kind) -> {
          if (wanted.test(kind)) {
            paths.add(path);
          }
        });
    return paths.isEmpty() ? randomName() : anyOf(paths);
  }

  /** Returns the path of a directory; empty for the root. */
  String probableDirectory() {
    return random.nextInt(4) == 0 ? "" : pathWhere(kind -> kind == ProbableKind.DIRECTORY);
  }

  /** Returns a name in a directory, existing or not. */
  String nameIn(String directory) {
    List<String> names = new ArrayList<>(List.of(randomName()));
    String prefix = directory.isEmpty() ? "" : directory + "/";
    for (String path : kinds.keySet()) {
      if (path.startsWith(prefix) && path.indexOf('/', prefix.length()) < 0) {
        names.add(path.substring(prefix.length()));
      }
    }
    return anyOf(names);
  }

  private String pathIn(String directory) {
    return directory.isEmpty() ? randomName() : directory + "/" + randomName();
  }

  private String randomName() {
    return anyOf(NAMES);
  }

  <T> T anyOf(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
