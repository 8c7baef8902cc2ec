package dev.overlays.linux.archive;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** The programs that archives are tried with. */
public final class Programs {
  private Programs() {}

  /** Skips the test where a program is not installed, and says of which package it is. */
  public static void require(String program, String packageName) throws IOException {
    assumeTrue(isThere(program), program + " is not installed: apt-get install " + packageName);
  }

  private static boolean isThere(String program) throws IOException {
    try {
      Process process =
          new ProcessBuilder("sh", "-c", "command -v " + program)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
