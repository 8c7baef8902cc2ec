package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.Name;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Holds selections to a model that matches whole paths, over all paths of a small tree. */
class EntrySelectionTest {
  private static final List<String> NAMES = List.of("a", "b", "ab");
  private static final List<String> GLOBS =
      List.of("a", "b", "ab", "a*", "*b", "?", "??", "*", "**", ".", "");
  private static final List<List<String>> PATHS = allPaths();

  private static final int SEEDS = 400;

  private final long firstSeed = new Random().nextLong();

  private static List<List<String>> allPaths() {
    List<List<String>> paths = new ArrayList<>(List.of(List.of()));
    for (int i = 0; i < paths.size(); i++) {
      for (String name : paths.get(i).size() < 3 ? NAMES : List.<String>of()) {
        List<String> path = new ArrayList<>(paths.get(i));
        path.add(name);
        paths.add(path);
      }
    }
    return paths;
  }

  private static List<String> randomPatterns(Random random, List<String> names, int most) {
    List<String> patterns = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      List<String> parts = new ArrayList<>();
      for (int j = 1 + random.nextInt(3); j > 0; j--) {
        parts.add(names.get(random.nextInt(names.size())));
      }
      patterns.add(String.join("/", parts));
    }
    return patterns;
  }

  private static boolean matchesAny(List<String> patterns, List<String> path) {
    return patterns.stream()
        .map(pattern -> List.of(pattern.split("/", -1)))
        .map(parts -> parts.stream().filter(s -> !s.isEmpty() && !s.equals(".")).toList())
        .anyMatch(parts -> matchesPath(parts, path));
  }

  private static boolean matchesPath(List<String> pattern, List<String> path) {
    if (pattern.isEmpty()) {
      return path.isEmpty();
    }
    List<String> rest = pattern.subList(1, pattern.size());
    if (pattern.get(0).equals("**")) {
      for (int i = 0; i <= path.size(); i++) {
        if (matchesPath(rest, path.subList(i, path.size()))) {
          return true;
        }
      }
      return false;
    }
    String regex = pattern.get(0).replace("?", ".").replace("*", ".*");
    return !path.isEmpty()
        && path.get(0).matches(regex)
        && matchesPath(rest, path.subList(1, path.size()));
  }

  /** Whether a path, or one around it, matches. */
  private static boolean isInside(List<String> patterns, List<String> path) {
    for (int i = 0; i <= path.size(); i++) {
      if (matchesAny(patterns, path.subList(0, i))) {
        return true;
      }
    }
    return false;
  }

  /** The patterns of one seed. */
  private record Filters(
      long seed, List<String> privates, List<String> excluded, List<String> only) {
    static Filters ofSeed(long seed) {
      Random random = new Random(seed);
      return new Filters(
          seed,
          randomPatterns(random, NAMES, 2),
          randomPatterns(random, GLOBS, 2),
          randomPatterns(random, GLOBS, 2));
    }

    boolean takes(List<String> path) {
      return !isInside(privates, path)
          && !isInside(excluded, path)
          && (only.isEmpty() || isInside(only, path));
    }

    EntrySelection root() {
      return EntrySelection.of(privates, excluded, only);
    }
  }

  private static EntrySelection selectionAt(EntrySelection root, List<String> path) {
    EntrySelection selection = root;
    for (String name : path) {
      selection = selection.selectionBelow(Name.of(name));
    }
    return selection;
  }

  private static boolean startsWith(List<String> path, List<String> outer) {
    return path.size() >= outer.size() && path.subList(0, outer.size()).equals(outer);
  }

  private void forEachFilter(Consumer<Filters> test) {
    for (long seed = firstSeed; seed < firstSeed + SEEDS; seed++) {
      test.accept(Filters.ofSeed(seed));
    }
  }

  @Test
  void takesExactlyThePathsThatTheModelTakes() {
    forEachFilter(
        filters -> {
          for (List<String> path : PATHS) {
            EntrySelection here = selectionAt(filters.root(), path);
            boolean taken = !here.takesNothing() && here.takesEntry();
            assertEquals(filters.takes(path), taken, () -> path + " " + filters);
          }
        });
  }

  @Test
  void shortcutsForWholeTreesAgreeWithEveryPathInThem() {
    forEachFilter(
        filters -> {
          for (List<String> path : PATHS) {
            EntrySelection here = selectionAt(filters.root(), path);
            for (List<String> inner : PATHS) {
              if (startsWith(inner, path)) {
                boolean taken = filters.takes(inner);
                assertFalse(here.takesNothing() && taken, () -> path + " " + inner + filters);
                assertFalse(here.takesAll() && !taken, () -> path + " " + inner + filters);
              }
            }
          }
        });
  }

  @Test
  void withoutFiltersEverythingIsTakenByOneObject() {
    EntrySelection inside = EntrySelection.ALL.selectionBelow(Name.of("a"));
    assertTrue(inside.takesAll());
    assertSame(inside, inside.selectionBelow(Name.of("b")));
  }

  @Test
  void patternsDistinguishCase() {
    EntrySelection root = EntrySelection.of(List.of(), List.of("A*"), List.of());
    assertTrue(root.selectionBelow(Name.of("Ab")).takesNothing());
    assertFalse(root.selectionBelow(Name.of("ab")).takesNothing());
  }
}
