package dev.overlays.linux.demo;

import dev.overlays.merge.report.MergeProgress;

/**
 * Shows the progress of a merge: on a terminal as a bar over its previous state, else as one line
 * at the end.
 */
final class ProgressBar {
  private static final int WIDTH = 30;

  private final DemoScreen screen;
  private String last = "";
  private int longest;

  ProgressBar(DemoScreen screen) {
    this.screen = screen;
  }

  void drawProgress(MergeProgress progress) {
    long total = Math.max(1, progress.totalEntries());
    int done = (int) (WIDTH * Math.min(progress.entries(), total) / total);
    String line = "    [" + "#".repeat(done) + "-".repeat(WIDTH - done) + "] " + progress;
    last = screen.cutLine(line);
    longest = Math.max(longest, last.length());
    if (screen.terminal()) {
      screen.out().print('\r' + last + " ".repeat(longest - last.length()));
      screen.out().flush();
    }
  }

  /** Ends the line. */
  void endLine() {
    screen.printLine(screen.terminal() ? "" : last);
    longest = 0;
  }
}
