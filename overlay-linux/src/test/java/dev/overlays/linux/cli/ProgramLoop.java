package dev.overlays.linux.cli;

import dev.overlays.linux.ChildJvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs many commands of the program one after the other in one JVM, since each start takes time.
 */
final class ProgramLoop {
  private static final String END_OF_RUN = "\u0001end ";
  private static final String END_OF_WORD = "\u0002";

  private ProgramLoop() {}

  /**
   * Runs the commands of a file, one a line.
   *
   * @param args the file
   */
  public static void main(String[] args) throws Exception {
    var method = Class.forName(ProgramRun.MAIN).getMethod("runCommand", String[].class);
    for (String line : Files.readAllLines(Path.of(args[0]))) {
      Object code = method.invoke(null, (Object) line.split(END_OF_WORD));
      System.out.println(END_OF_RUN + code);
      System.err.println(END_OF_RUN + code);
    }
  }

  /** Runs commands in one JVM, whose output is in UTF-8. */
  static List<ProgramRun> runAll(List<List<String>> commands) throws IOException {
    Path file = Files.createTempFile("overlays-test", ".commands");
    try {
      Files.write(file, commands.stream().map(each -> String.join(END_OF_WORD, each)).toList());
      ProgramRun all =
          ProgramRun.finish(
              new ProcessBuilder(
                  ChildJvm.javaProgram(),
                  ChildJvm.FIRST_COMPILER_ONLY,
                  "--enable-native-access=ALL-UNNAMED",
                  "-Dfile.encoding=UTF-8",
                  "-cp",
                  String.join(File.pathSeparator, ChildJvm.classPath()),
                  ProgramLoop.class.getName(),
                  file.toString()));
      return splitRuns(all.assertCode(0), commands.size());
    } finally {
      Files.delete(file);
    }
  }

  private static List<ProgramRun> splitRuns(ProgramRun all, int count) throws IOException {
    String[] outputs = all.out().split(END_OF_RUN, -1);
    String[] errors = all.err().split(END_OF_RUN, -1);
    if (outputs.length != count + 1 || errors.length != count + 1) {
      throw new IOException("not all commands have run: " + all);
    }
    List<ProgramRun> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String[] next = outputs[i + 1].split("\n", 2);
      runs.add(
          new ProgramRun(
              Integer.parseInt(next[0]), withoutCode(outputs[i], i), withoutCode(errors[i], i)));
    }
    return runs;
  }

  /** All but the first begin with the code of the run before. */
  private static String withoutCode(String text, int index) {
    return index == 0 ? text : text.substring(text.indexOf('\n') + 1);
  }
}
