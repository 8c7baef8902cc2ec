package dev.overlays.testkit.copying;

import java.util.List;

/** Defects that a backend may have, each with the promises that it breaks. */
enum BackendDefect {
  DECLARES_EVERYTHING("2.8", "8.1", "10.1", "10.2", "10.3", "10.7"),
  DECLARES_TOO_LITTLE("7.10", "10.1", "11.1"),
  SHOUTS_ITS_NAME("1.1"),
  DECLINES_WHAT_IS_WRONG("9.1", "9.8"),
  CHECKS_NOTHING("9.1", "9.4", "12.2"),
  CHECKS_BY_MAKING_DIRECTORIES("9.1"),
  REFUSES_WITH_ANOTHER_CODE("9.1", "9.5", "10.1"),
  REFUSES_WITHOUT_A_REMEDY("9.1", "11.8"),
  DROPS_OPTIONS("10.1", "10.2"),
  DROPS_PRIVATE_PATHS("11.1", "11.2", "11.4", "11.8"),
  TURNS_LOWERS_ROUND("2.3", "2.5"),
  LEAVES_LITTER("9.2", "9.8", "11.8"),
  LETS_MERGES_IN("9.7", "12.1"),
  WRITES_TO_A_LOWER("2.1", "3.1", "6.3"),
  FORGETS_WHAT_WAS_WRITTEN("3.1", "6.1", "6.2"),
  FORGETS_DELETIONS("3.3", "3.5", "6.2"),
  FORGETS_TIMES("4.1"),
  LISTS_NOTHING("7.6", "9.9"),
  CLOSES_ONCE_ONLY("7.3"),
  CLOSES_THE_NEXT_ONE("7.4"),
  IS_MOUNTED_FOR_EVER("7.2", "7.3"),
  TELLS_ANOTHER_SPEC("6.5", "7.1"),
  KEEPS_SHOWING("7.2");

  private final String brokenPromises;

  BackendDefect(String... broken) {
    this.brokenPromises = String.join(" ", broken);
  }

  /** Returns the numbers of the promises that the defect breaks. */
  List<String> brokenPromises() {
    return List.of(brokenPromises.split(" ", -1));
  }
}
