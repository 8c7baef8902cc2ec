package dev.overlays.cli;

import dev.overlays.InvalidSpecException;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.LogOutput;
import dev.overlays.cli.output.OutputClosedException;
import dev.overlays.cli.output.StandardStreams;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What all commands have in common: their output, and what becomes of what they throw. */
abstract class OverlaysCommand implements Callable<Integer> {
  @Mixin private OutputOptions outputOptions;
  @Spec private CommandSpec commandSpec;
  private CommandSignals signals;

  /** Does the work of the command, and returns its exit code. */
  abstract int runCommand(CommandOutput output) throws IOException;

  /** The exit code if the library refuses or fails. */
  int failureCode() {
    return ExitCodes.FAILED;
  }

  /** Keeps signals from ending the JVM from now on, for commands that clean up. */
  CommandSignals keepSignals() {
    signals = CommandSignals.keepSignals();
    return signals;
  }

  CommandSpec commandSpec() {
    return commandSpec;
  }

  OutputOptions outputOptions() {
    return outputOptions;
  }

  @Override
  public Integer call() throws IOException {
    LogOutput.printLog(outputOptions.isDebug());
    try {
      CommandOutput output = outputOptions.openOutput();
      int code = runGuarded(output);
      output.endOutput();
      return signals == null ? code : signals.exitCode().orElse(code);
    } catch (OutputClosedException e) {
      return ExitCodes.OUTPUT_CLOSED;
    }
  }

  private int runGuarded(CommandOutput output) throws OutputClosedException {
    try {
      return runCommand(output);
    } catch (OutputClosedException e) {
      throw e;
    } catch (IOException | RuntimeException | Error e) {
      if (outputOptions.isDebug()) {
        e.printStackTrace(StandardStreams.ERR);
      }
      if (e instanceof IllegalArgumentException && !(e instanceof InvalidSpecException)) {
        output.printProblems(
            List.of(
                FailureProblems.wrongUsage(sentence(e.getMessage()), commandSpec.qualifiedName())));
        return commandSpec.exitCodeOnInvalidInput();
      }
      output.printProblems(FailureProblems.of(e));
      return failureCode();
    }
  }

  private static String sentence(String message) {
    return Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
  }
}
