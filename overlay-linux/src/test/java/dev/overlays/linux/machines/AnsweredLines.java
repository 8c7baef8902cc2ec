package dev.overlays.linux.machines;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The lines by which a test tells a JVM of a {@link TestMachine} what to do. */
final class AnsweredLines {
  private AnsweredLines() {}

  /** Does what a line says. */
  @FunctionalInterface
  interface LineCommand {
    String run(String[] words) throws IOException;
  }

  static BufferedReader open() {
    return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
  }

  /** Prints what comes of each line, a problem with its code first, and a line that says end. */
  static void answer(BufferedReader lines, LineCommand command) throws IOException {
    System.out.println("end");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      try {
        System.out.println(command.run(line.split(" ", -1)));
      } catch (OverlayException e) {
        for (Problem problem : e.problems()) {
          System.out.println(problem.code().id() + ": " + problem);
        }
      } catch (IOException e) {
        System.out.println(e);
      }
      System.out.println("end");
    }
  }
}
