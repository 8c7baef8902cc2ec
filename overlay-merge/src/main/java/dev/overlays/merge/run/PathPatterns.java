package dev.overlays.merge.run;

import dev.overlays.layer.Name;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.io.FilenameUtils;
import org.apache.commons.io.IOCase;

/**
 * Patterns of paths, at one place of the view: what is still to come of each. {@code *} and {@code
 * ?} stand for any characters within one name, {@code **} for any names.
 */
final class PathPatterns {
  private static final String ANY_NAMES = "**";

  /** What is left of the patterns that may still match; an empty one has matched. */
  private final Set<List<String>> left;

  private PathPatterns(Set<List<String>> left) {
    this.left = left;
  }

  static PathPatterns of(Collection<String> patterns) {
    Set<List<String>> all = new LinkedHashSet<>();
    for (String pattern : patterns) {
      List<String> names = new ArrayList<>();
      for (String name : pattern.split("/", -1)) {
        if (!name.isEmpty() && !name.equals(".")) {
          names.add(name);
        }
      }
      addPattern(all, List.copyOf(names));
    }
    return new PathPatterns(all);
  }

  /** Adds what is left of a pattern, also without the {@code **} it begins with. */
  private static void addPattern(Set<List<String>> all, List<String> rest) {
    all.add(rest);
    if (!rest.isEmpty() && rest.get(0).equals(ANY_NAMES)) {
      addPattern(all, rest.subList(1, rest.size()));
    }
  }

  PathPatterns patternsBelow(Name name) {
    if (left.isEmpty()) {
      return this;
    }
    String text = name.toString();
    Set<List<String>> below = new LinkedHashSet<>();
    for (List<String> rest : left) {
      if (rest.isEmpty()) {
        continue;
      }
      if (rest.get(0).equals(ANY_NAMES)) {
        addPattern(below, rest);
      } else if (FilenameUtils.wildcardMatch(text, rest.get(0), IOCase.SENSITIVE)) {
        addPattern(below, rest.subList(1, rest.size()));
      }
    }
    return new PathPatterns(below);
  }

  /** Whether this very place matches. */
  boolean matchesHere() {
    return left.contains(List.of());
  }

  /** Whether nothing here or below can match. */
  boolean isNothing() {
    return left.isEmpty();
  }
}
