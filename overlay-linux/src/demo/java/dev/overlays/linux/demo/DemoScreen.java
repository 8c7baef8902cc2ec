package dev.overlays.linux.demo;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;

/**
 * What the demo prints to. On a terminal there are colors, lines as wide as it is, and a progress
 * bar that is drawn over itself; a pipe or a file gets plain, whole lines.
 *
 * @param out where the text goes
 * @param terminal whether that is a terminal
 * @param colors whether escape sequences may be printed
 * @param width the columns of the terminal, empty where lines have no end
 */
record DemoScreen(PrintStream out, boolean terminal, boolean colors, OptionalInt width) {

  /** Text that is neither drawn over nor colored, of any width. */
  static DemoScreen plain(PrintStream out) {
    return new DemoScreen(out, false, false, OptionalInt.empty());
  }

  /** The standard output of this process; {@code NO_COLOR} in the environment is respected. */
  static DemoScreen ofStandardOutput() {
    if (!isTerminal()) {
      return plain(System.out);
    }
    return new DemoScreen(System.out, true, System.getenv("NO_COLOR") == null, terminalWidth());
  }

  /** Looks at descriptor 1, since {@code System.console()} asks another thing in each JDK. */
  private static boolean isTerminal() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }

  private static OptionalInt terminalWidth() {
    try {
      Process stty = new ProcessBuilder("stty", "size").redirectInput(new File("/dev/tty")).start();
      String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
      int columns = Integer.parseInt(answer.strip().replaceFirst(".* ", ""));
      return columns > 0 ? OptionalInt.of(columns) : OptionalInt.empty();
    } catch (IOException | NumberFormatException e) {
      return OptionalInt.empty();
    }
  }

  void printLine(String line) {
    out.println(line);
  }

  /** Prints each line up to the width of the terminal. */
  void printCut(String lines) {
    lines.lines().map(this::cutLine).forEach(out::println);
  }

  /** Returns a line up to the width of the terminal. */
  String cutLine(String line) {
    int columns = width.orElse(Integer.MAX_VALUE);
    return line.length() <= columns ? line : line.substring(0, Math.max(0, columns - 1)) + "…";
  }

  String inBold(String text) {
    return colored("1", text);
  }

  String inRed(String text) {
    return colored("31", text);
  }

  String inBlue(String text) {
    return colored("34", text);
  }

  String dimmed(String text) {
    return colored("2", text);
  }

  private String colored(String code, String text) {
    return colors ? "\033[" + code + "m" + text + "\033[0m" : text;
  }
}
