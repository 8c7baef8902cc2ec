package dev.overlays.cli.output;

import dev.overlays.merge.oci.value.TransferProgress;
import dev.overlays.merge.oci.value.UnpackProgress;
import dev.overlays.merge.report.MergeProgress;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Prints the progress of a merge, a transfer or an import to standard error: on a terminal as a bar
 * that is drawn over its previous state, else as a plain line every ten seconds.
 */
public final class ProgressOutput implements Consumer<MergeProgress>, AutoCloseable {
  private static final int BAR_WIDTH = 30;
  private static final Duration LINE_INTERVAL = Duration.ofSeconds(10);

  private final PrintStream err;
  private final boolean terminal;
  private Duration nextLine = LINE_INTERVAL;
  private Duration latest = Duration.ZERO;
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
    showProgress(progress, progress.entries(), progress.totalEntries(), progress.elapsed());
  }

  /**
   * Prints the progress of a push or pull.
   *
   * @param progress how far it is
   */
  public void showTransfer(TransferProgress progress) {
    showProgress(progress, progress.bytes(), progress.totalBytes(), progress.elapsed());
  }

  /**
   * Prints the progress of unpacking an archive.
   *
   * @param progress how far it is
   */
  public void showUnpacking(UnpackProgress progress) {
    showProgress(progress, progress.bytes(), progress.totalBytes(), progress.elapsed());
  }

  private void showProgress(Object progress, long part, long whole, Duration elapsed) {
    if (elapsed.compareTo(latest) < 0) {
      // The next step has begun, and measures its own time.
      nextLine = LINE_INTERVAL;
    }
    latest = elapsed;
    if (terminal) {
      drawBar(progress, part, whole);
    } else if (elapsed.compareTo(nextLine) >= 0) {
      err.println(progress);
      nextLine = elapsed.plus(LINE_INTERVAL);
    }
  }

  private void drawBar(Object progress, long part, long whole) {
    long total = Math.max(1, whole);
    int done = (int) ((double) BAR_WIDTH * Math.min(part, total) / total);
    String bar = "[" + "#".repeat(done) + "-".repeat(BAR_WIDTH - done) + "] ";
    String line = (whole > 0 ? bar : "") + progress;
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
