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
 * Path patterns at one place of the view: of each pattern, the rest that is not matched yet. {@code
 * *} and {@code ?} match any characters within one name, {@code **} matches any number of names.
 */
final class PathPatterns {
  private static final String ANY_NAMES = "**";

  /** The rests of the patterns that can still match; an empty rest has matched. */
  private final Set<List<String>> remainders;

  private PathPatterns(Set<List<String>> left) {
    this.remainders = left;
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
      addRest(all, List.copyOf(names));
    }
    return new PathPatterns(all);
  }

  /** Adds the rest of a pattern. If it begins with {@code **}, adds it without that, too. */
  private static void addRest(Set<List<String>> all, List<String> rest) {
    all.add(rest);
    if (!rest.isEmpty() && rest.get(0).equals(ANY_NAMES)) {
      addRest(all, rest.subList(1, rest.size()));
    }
  }

  PathPatterns patternsBelow(Name name) {
    if (remainders.isEmpty()) {
      return this;
    }
    String text = name.toString();
    Set<List<String>> below = new LinkedHashSet<>();
    for (List<String> rest : remainders) {
      if (rest.isEmpty()) {
        continue;
      }
      if (rest.get(0).equals(ANY_NAMES)) {
        addRest(below, rest);
      } else if (FilenameUtils.wildcardMatch(text, rest.get(0), IOCase.SENSITIVE)) {
        addRest(below, rest.subList(1, rest.size()));
      }
    }
    return new PathPatterns(below);
  }

  /** Whether a pattern matches this place itself. */
  boolean matchesHere() {
    return remainders.contains(List.of());
  }

  /** Whether no pattern can match here or below. */
  boolean canMatchNothing() {
    return remainders.isEmpty();
  }
}
