package dev.overlays.merge.contract;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Compares manifests, and reports only the lines that differ. */
public final class ManifestAssertions {
  private ManifestAssertions() {}

  public static void assertSameLines(
      List<String> expected, List<String> actual, Supplier<String> when) {
    if (expected.equals(actual)) {
      return;
    }
    List<String> lines = new ArrayList<>();
    lines.add(when.get());
    linesMissing(expected, actual).forEach(line -> lines.add("- " + line));
    linesMissing(actual, expected).forEach(line -> lines.add("+ " + line));
    throw new AssertionError(String.join("\n", lines));
  }

  private static Set<String> linesMissing(List<String> lines, List<String> others) {
    Set<String> left = new LinkedHashSet<>(lines);
    others.forEach(left::remove);
    return left;
  }
}
