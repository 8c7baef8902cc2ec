package dev.overlays.testkit.replay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The differences between two views or lists: as text, and as a signature that names each kind
 * once.
 */
record DifferenceText(String signature, String text) {

  static Optional<DifferenceText> of(ViewSnapshot one, ViewSnapshot other) {
    Set<String> paths = new TreeSet<>(one.entries().keySet());
    paths.addAll(other.entries().keySet());
    Set<String> sorts = new TreeSet<>();
    List<String> lines = new ArrayList<>();
    for (String path : paths) {
      Map<String, String> left = one.entries().get(path);
      Map<String, String> right = other.entries().get(path);
      if (left == null || right == null) {
        sorts.add("missing");
        lines.add("  " + path + "\n  - " + left + "\n  + " + right);
      } else if (!left.equals(right)) {
        Map<String, String> onlyLeft = withoutShared(left, right);
        Map<String, String> onlyRight = withoutShared(right, left);
        sorts.addAll(onlyLeft.keySet());
        sorts.addAll(onlyRight.keySet());
        lines.add("  " + path + "\n  - " + onlyLeft + "\n  + " + onlyRight);
      }
    }
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(new DifferenceText(sorts.toString(), String.join("\n", lines)));
  }

  private static Map<String, String> withoutShared(
      Map<String, String> fields, Map<String, String> others) {
    Map<String, String> left = new TreeMap<>(fields);
    left.entrySet().removeAll(others.entrySet());
    return left;
  }

  static Optional<DifferenceText> of(List<String> one, List<String> other) {
    if (one.equals(other)) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>();
    one.stream().filter(line -> !other.contains(line)).forEach(line -> lines.add("  - " + line));
    other.stream().filter(line -> !one.contains(line)).forEach(line -> lines.add("  + " + line));
    return Optional.of(new DifferenceText("", String.join("\n", lines)));
  }
}
