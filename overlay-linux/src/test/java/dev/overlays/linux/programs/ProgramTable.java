package dev.overlays.linux.programs;

import java.util.ArrayList;
import java.util.List;

/** The table of programs, kinds of views and outcomes that is in docs/views.md. */
final class ProgramTable {
  static final String BEGIN = "<!-- programs: made by ProgramsTest -->\n";
  static final String END = "<!-- end of programs -->\n";

  private ProgramTable() {}

  /** The lines of the table. */
  static String markdownTable() {
    List<String> titles = new ArrayList<>(List.of("program", "is handed"));
    List<String> rules = new ArrayList<>(List.of("---", "---"));
    for (ViewKind kind : ViewKind.values()) {
      titles.add(kind.title());
      rules.add("---");
    }
    StringBuilder table =
        new StringBuilder(tableRow(titles)).append(tableRow(rules).replace(" ", ""));
    for (TriedProgram tried : TriedProgram.values()) {
      List<String> cells = new ArrayList<>(List.of(tried.title(), tried.rootHandedAs()));
      for (ViewKind kind : ViewKind.values()) {
        cells.add(tried.isTriedIn(kind) ? tried.expectedIn(kind).toString() : "–");
      }
      table.append(tableRow(cells));
    }
    return table.toString();
  }

  private static String tableRow(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |\n";
  }
}
