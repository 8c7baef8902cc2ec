package dev.overlays.cli;

import dev.overlays.cli.output.JsonOutput;
import dev.overlays.cli.output.ReportedProblem;
import dev.overlays.cli.output.StandardStreams;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The program {@code overlays}: {@code java -jar overlays.jar COMMAND}. */
@Command(
    name = "overlays",
    description = {
      "Writable views over a shared directory tree, and a merge that folds what was written back.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = OverlaysProgram.JarVersion.class,
    footer = {
      "",
      "Arguments can stand in a file, one a line: overlays @FILE COMMAND.",
      "",
      "Exit codes: 0 done; 1 refused or failed; 2 wrong usage; 3 done, and something was found"
          + " (check, diff --exit-code); 128 + N ended by signal N. \"try\" returns the code of its"
          + " command, and 125 if it fails itself."
    })
public final class OverlaysProgram {
  private OverlaysProgram() {}

  /** The version of the jar. */
  static final class JarVersion implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = OverlaysProgram.class.getPackage().getImplementationVersion();
      return new String[] {"overlays " + (version == null ? "(not packaged)" : version)};
    }
  }

  /**
   * Runs a command, and ends the JVM with its exit code.
   *
   * @param args the name of the command and its arguments
   */
  public static void main(String[] args) {
    int code = runCommand(args);
    StandardStreams.OUT.flush();
    StandardStreams.ERR.flush();
    System.exit(code);
  }

  /**
   * Runs a command.
   *
   * @param args the name of the command and its arguments
   * @return its exit code
   */
  public static int runCommand(String... args) {
    CommandLine line = createCommandLine(args);
    Optional<String> unreadable =
        Arrays.stream(args).filter(arg -> arg.indexOf('\uFFFD') >= 0).findFirst();
    if (unreadable.isPresent()) {
      return printUsageProblem(
          line.getCommandSpec(),
          args,
          "The argument \""
              + unreadable.get()
              + "\" has bytes that this locale cannot read: set"
              + " LC_ALL=C.UTF-8.");
    }
    return line.execute(args);
  }

  static CommandLine createCommandLine(String[] args) {
    CommandLine line = new CommandLine(new OverlaysProgram());
    new CommandTable().addCommands(line, args);
    line.setOut(new PrintWriter(StandardStreams.OUT, true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(StandardStreams.ERR, true, StandardCharsets.UTF_8));
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.registerConverter(Duration.class, new DurationConverter());
    line.setParameterExceptionHandler(
        (e, given) -> printUsageProblem(e.getCommandLine().getCommandSpec(), given, messageOf(e)));
    return line;
  }

  private static String messageOf(ParameterException failure) {
    String message = failure.getMessage().replaceFirst("^Error: ", "");
    return message.endsWith(".") ? message : message + ".";
  }

  private static int printUsageProblem(CommandSpec command, String[] args, String message) {
    ReportedProblem problem = FailureProblems.wrongUsage(message, command.qualifiedName());
    if (Arrays.stream(args).takeWhile(arg -> !arg.equals("--")).anyMatch("--json"::equals)) {
      try {
        JsonOutput output = new JsonOutput(StandardStreams.OUT, StandardStreams.ERR);
        output.printProblems(List.of(problem));
        output.endOutput();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    } else {
      StandardStreams.ERR.println(problem);
    }
    return command.exitCodeOnInvalidInput();
  }
}
