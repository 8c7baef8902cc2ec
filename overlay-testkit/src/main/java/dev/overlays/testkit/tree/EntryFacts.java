package dev.overlays.testkit.tree;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;

/** What is known of an entry, by the word for it, in the order in which it is told. */
final class EntryFacts {
  private final String kind;
  private final Map<String, ComparedFact> facts = new LinkedHashMap<>();

  EntryFacts(String kind) {
    this.kind = kind;
  }

  /** Something that can be compared, and what is shown of it. */
  record ComparedFact(String value, String shown) {}

  EntryFacts add(String word, Object value) {
    return add(word, new ComparedFact(value.toString(), value.toString()));
  }

  EntryFacts add(String word, ComparedFact fact) {
    facts.put(word, fact);
    return this;
  }

  String kind() {
    return kind;
  }

  Map<String, ComparedFact> facts() {
    return Collections.unmodifiableMap(facts);
  }

  /**
   * What is different in another, as in {@code mode 0644 → 0600}; empty if nothing is.
   *
   * @param told whether only that is compared of which this one tells something
   */
  String changes(EntryFacts other, boolean told) {
    if (!kind.equals(other.kind)) {
      return kind + " → " + other.kind;
    }
    StringJoiner changes = new StringJoiner(", ");
    for (Map.Entry<String, ComparedFact> fact : facts.entrySet()) {
      ComparedFact now = other.facts.get(fact.getKey());
      if (now == null) {
        changes.add(fact.getKey() + " " + fact.getValue().shown() + " → none");
      } else if (!now.value().equals(fact.getValue().value())) {
        changes.add(fact.getKey() + " " + fact.getValue().shown() + " → " + now.shown());
      }
    }
    if (!told) {
      other.facts.forEach(
          (word, fact) -> {
            if (!facts.containsKey(word)) {
              changes.add(word + " none → " + fact.shown());
            }
          });
    }
    return changes.toString();
  }
}
