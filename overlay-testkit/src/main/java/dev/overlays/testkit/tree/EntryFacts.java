package dev.overlays.testkit.tree;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** What is known of an entry: facts by name, in the order in which they are shown. */
final class EntryFacts {
  private final String kind;
  private final Map<String, ComparedFact> facts = new LinkedHashMap<>();

  EntryFacts(String kind) {
    this.kind = kind;
  }

  /** A value that is compared, and the text that is shown for it. */
  record ComparedFact(String value, String shownText) {}

  EntryFacts addFact(String word, Object value) {
    return addFact(word, new ComparedFact(value.toString(), value.toString()));
  }

  EntryFacts addFact(String word, ComparedFact fact) {
    facts.put(word, fact);
    return this;
  }

  String kindText() {
    return kind;
  }

  Map<String, ComparedFact> factsByWord() {
    return Collections.unmodifiableMap(facts);
  }

  /**
   * Describes what is different in another entry, such as {@code mode 0644 → 0600}; empty if
   * nothing is.
   *
   * @param told whether only facts that this entry has are compared
   */
  String describeChanges(EntryFacts other, boolean told) {
    if (!kind.equals(other.kind)) {
      return kind + " → " + other.kind;
    }
    StringJoiner changes = new StringJoiner(", ");
    for (Map.Entry<String, ComparedFact> fact : facts.entrySet()) {
      ComparedFact now = other.facts.get(fact.getKey());
      if (now == null) {
        changes.add(fact.getKey() + " " + fact.getValue().shownText() + " → none");
      } else if (!now.value().equals(fact.getValue().value())) {
        changes.add(fact.getKey() + " " + fact.getValue().shownText() + " → " + now.shownText());
      }
    }
    if (!told) {
      other.facts.forEach(
          (word, fact) -> {
            if (!facts.containsKey(word)) {
              changes.add(word + " none → " + fact.shownText());
            }
          });
    }
    return changes.toString();
  }
}
