package dev.overlays.cli;

import dev.overlays.cli.output.StandardStreams;
import dev.overlays.cli.output.TerminalCheck;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Asks on a terminal whether changes are applied. */
final class TrialQuestion {
  private TrialQuestion() {}

  static boolean isPossible() {
    return TerminalCheck.isTerminal(0) && TerminalCheck.isTerminal(1);
  }

  /** Returns whether the answer is yes; the end of the input is no. */
  static boolean isConfirmed(Path directory) throws IOException {
    StandardStreams.OUT.print("Apply these changes to " + directory + "? [y/N] ");
    StandardStreams.OUT.flush();
    String answer =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    return answer != null && (answer.strip().equals("y") || answer.strip().equals("yes"));
  }
}
