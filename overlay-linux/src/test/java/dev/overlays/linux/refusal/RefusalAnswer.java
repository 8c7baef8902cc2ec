package dev.overlays.linux.refusal;

import dev.overlays.InvalidSpecException;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The problems that a process gets for a bad spec. Also a program, which takes the number of a
 * refusal and the path of a sandbox per line.
 *
 * @param building the problems of building the spec
 * @param checking the problems of the check
 * @param mounting the problems of mounting
 */
record RefusalAnswer(List<Problem> building, List<Problem> checking, List<Problem> mounting) {

  static RefusalAnswer askFor(ExpectedRefusal refusal, Path root) throws IOException {
    OverlaySpec spec;
    try {
      spec = refusal.specIn(root);
    } catch (InvalidSpecException e) {
      return new RefusalAnswer(e.problems(), List.of(), List.of());
    }
    List<Problem> checking = Overlays.check(spec);
    try (OverlayMount mount = Overlays.mount(spec)) {
      throw new AssertionError(mount + " is mounted");
    } catch (OverlayException e) {
      return new RefusalAnswer(List.of(), checking, e.problems());
    }
  }

  /** Parses the lines of another process. */
  static RefusalAnswer parse(List<String> lines) {
    RefusalAnswer answer =
        new RefusalAnswer(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String line : lines) {
      String[] fields = line.split("\t", -1);
      List<Problem> problems =
          switch (fields[0]) {
            case "building" -> answer.building;
            case "checking" -> answer.checking;
            case "mounting" -> answer.mounting;
            default -> throw new AssertionError(String.join("\n", lines));
          };
      Optional<Path> path =
          fields[2].isEmpty() ? Optional.empty() : Optional.of(Path.of(fields[2]));
      problems.add(new Problem(ProblemCode.valueOf(fields[1]), path, fields[3], fields[4]));
    }
    return answer;
  }

  private void printProblems(String when, List<Problem> problems) {
    for (Problem problem : problems) {
      String path = problem.path().map(Path::toString).orElse("");
      System.out.println(
          String.join(
              "\t", when, problem.code().name(), path, problem.message(), problem.remedy()));
    }
  }

  /**
   * Answers one question per line, with the kernel backend only, since others may mount for the
   * user nobody.
   */
  public static void main(String[] args) throws IOException {
    System.setProperty(Overlays.BACKEND_PROPERTY, "kernel");
    BufferedReader questions =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = questions.readLine(); line != null; line = questions.readLine()) {
      int space = line.indexOf(' ');
      ExpectedRefusal refusal = AllRefusals.all().get(Integer.parseInt(line.substring(0, space)));
      try {
        RefusalAnswer answer = askFor(refusal, Path.of(line.substring(space + 1)));
        answer.printProblems("building", answer.building);
        answer.printProblems("checking", answer.checking);
        answer.printProblems("mounting", answer.mounting);
      } catch (IOException | RuntimeException | AssertionError e) {
        System.out.println(e);
      }
      System.out.println("end");
    }
  }
}
