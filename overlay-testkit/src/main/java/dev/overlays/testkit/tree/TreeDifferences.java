package dev.overlays.testkit.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Describes the differences of two trees. */
final class TreeDifferences {
  private static final int MAX_SHOWN = 100;

  private TreeDifferences() {}

  /**
   * Returns a line for each difference, sorted by path.
   *
   * @param told whether only facts that {@code before} has are compared
   */
  static List<String> compareTrees(
      SortedMap<String, EntryFacts> before, SortedMap<String, EntryFacts> after, boolean told) {
    List<String> lines = new ArrayList<>();
    SortedSet<String> paths = new TreeSet<>(before.keySet());
    paths.addAll(after.keySet());
    for (String path : paths) {
      EntryFacts old = before.get(path);
      EntryFacts now = after.get(path);
      String shown = QuotedBytes.bareOrQuoted(path, true);
      if (old == null) {
        lines.add("+ " + shown + " (" + now.kindText() + ")");
      } else if (now == null) {
        lines.add("- " + shown + " (" + old.kindText() + ")");
      } else {
        String changes = old.describeChanges(now, told);
        if (!changes.isEmpty()) {
          lines.add("~ " + shown + ": " + changes);
        }
      }
    }
    return lines;
  }

  /** Returns a message of a headline and lines; of very many lines, it has only the first. */
  static String failureMessage(String headline, List<String> lines) {
    List<String> shown = new ArrayList<>(List.of(headline));
    shown.addAll(lines.subList(0, Math.min(MAX_SHOWN, lines.size())));
    if (lines.size() > MAX_SHOWN) {
      shown.add("... and " + (lines.size() - MAX_SHOWN) + " more");
    }
    return String.join("\n", shown);
  }

  /** Returns a line for each entry with all its facts. */
  static String renderFacts(SortedMap<String, EntryFacts> facts) {
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, EntryFacts> entry : facts.entrySet()) {
      text.append(QuotedBytes.bareOrQuoted(entry.getKey(), true))
          .append(' ')
          .append(entry.getValue().kindText());
      entry
          .getValue()
          .factsByWord()
          .forEach(
              (word, fact) -> text.append(", ").append(word).append(' ').append(fact.shownText()));
      text.append('\n');
    }
    return text.toString();
  }
}
