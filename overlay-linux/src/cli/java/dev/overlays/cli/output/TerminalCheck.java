package dev.overlays.cli.output;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Tells whether a descriptor of this process is a terminal. {@link System#console()} tells it of
 * input and output together, and since JDK 22 by another method.
 */
public final class TerminalCheck {
  private TerminalCheck() {}

  /**
   * Tells whether a descriptor is a terminal.
   *
   * @param descriptor 0 for standard input, 1 for standard output, 2 for standard error
   * @return whether it leads to a device of a terminal
   */
  public static boolean isTerminal(int descriptor) {
    try {
      String target =
          Files.readSymbolicLink(Path.of("/proc/self/fd", Integer.toString(descriptor))).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.startsWith("/dev/console");
    } catch (IOException e) {
      return false;
    }
  }
}
