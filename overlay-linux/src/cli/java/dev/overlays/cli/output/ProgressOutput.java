package dev.overlays.cli.output;

import dev.overlays.merge.report.MergeProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Prints the progress of a merge to standard error: on a terminal as a bar that is drawn over its
 * previous state, else as a plain line every ten seconds.
 */
public final class ProgressOutput implements Consumer<MergeProgress>, AutoCloseable {
  private static final int BAR_WIDTH = 30;
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  private final PrintStream err;
  private final boolean terminal;
  private Duration nextLine = LINE_INTERVAL;
  private int longest;

  /**
   * Makes an output.
   *
   * @param err standard error
   * @param terminal whether that is a terminal
   */
  public ProgressOutput(PrintStream err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void accept(MergeProgress progress) {
    if (terminal) {
      drawBar(progress);
    } else if (progress.elapsed().compareTo(nextLine) >= 0) {
      err.println(progress);
      nextLine = progress.elapsed().plus(LINE_INTERVAL);
    }
  }

  private void drawBar(MergeProgress progress) {
    long total = Math.max(1, progress.totalEntries());
    int done = (int) (BAR_WIDTH * Math.min(progress.entries(), total) / total);
    String line = "[" + "#".repeat(done) + "-".repeat(BAR_WIDTH - done) + "] " + progress;
    longest = Math.max(longest, line.length());
    err.print('\r' + line + " ".repeat(longest - line.length()));
    err.flush();
  }

  @Override
  public void close() {
    clearBar();
  }

  /** Removes the bar, so that what is printed next begins at the edge. */
  public void clearBar() {
    if (longest > 0) {
      err.print('\r' + " ".repeat(longest) + '\r');
      err.flush();
      longest = 0;
    }
  }
}
