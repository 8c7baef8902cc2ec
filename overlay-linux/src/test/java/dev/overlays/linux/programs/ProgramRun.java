package dev.overlays.linux.programs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Base64;

/** The main class of a child JVM: tries all programs in one kind of view. */
public final class ProgramRun {
  static final String RESULT = "@@result ";

  private ProgramRun() {}

  /** Takes the name of a kind, the directory to work in, and the tree that must not change. */
  public static void main(String[] arguments) throws Exception {
    ViewKind kind = ViewKind.valueOf(arguments[0]);
    for (TriedProgram tried : TriedProgram.values()) {
      if (tried.isTriedIn(kind)) {
        Path base = Path.of(arguments[1], tried.name());
        ProgramTrial.TrialResult result =
            new ProgramTrial(tried, kind, base).runTrial(Path.of(arguments[2]));
        String why = Base64.getEncoder().encodeToString(result.why().getBytes(UTF_8));
        System.out.println(RESULT + tried + " " + result.outcome().name() + " =" + why);
      }
    }
    System.out.println(RESULT + "end");
  }
}
