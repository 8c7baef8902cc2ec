package dev.overlays.linux.demo;

import dev.overlays.merge.report.MergeProgress;
import java.io.PrintStream;

/** Draws the progress of a merge over its previous line. */
final class ProgressBar {
  private static final int WIDTH = 30;

  private final PrintStream out;
  private int longest;

  ProgressBar(PrintStream out) {
    this.out = out;
  }

  void drawProgress(MergeProgress progress) {
    long total = Math.max(1, progress.totalEntries());
    int done = (int) (WIDTH * Math.min(progress.entries(), total) / total);
    String line = "    [" + "#".repeat(done) + "-".repeat(WIDTH - done) + "] " + progress;
    longest = Math.max(longest, line.length());
    out.print('\r' + line + " ".repeat(longest - line.length()));
  }

  /** Ends the line. */
  void endLine() {
    out.println();
    longest = 0;
  }
}
