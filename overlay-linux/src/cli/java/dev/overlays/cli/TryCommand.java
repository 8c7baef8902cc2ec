package dev.overlays.cli;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.report.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code overlays try}: runs a command in a view that is thrown away. */
@Command(
    name = "try",
    description = {
      "Run a command in a view of a directory, show what it has changed, and throw that away.",
      "",
      "The command sees the view at the path of the directory, which is its working directory;"
          + " nobody else does. What it writes elsewhere is written. On a terminal you are asked"
          + " whether the changes are applied to the directory.",
      ""
    },
    mixinStandardHelpOptions = true,
    exitCodeOnInvalidInput = ExitCodes.TRIAL_FAILED,
    footer = {
      "",
      "Exit code: that of the command (126 or 127 if it cannot be run), or 125 if overlays fails.",
      "JSON: changes[kind, path, type, size, from], exitCode, applied, keptIn. What the command"
          + " prints goes to standard error.",
      "Example:",
      "  overlays try --apply /srv/cache -- touch new-file"
    })
final class TryCommand extends OverlaysCommand {
  @Parameters(index = "0", paramLabel = "DIR", description = "The directory.")
  private Path directory;

  @Parameters(
      index = "1..*",
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The command and its arguments, after \"--\".")
  private List<String> command;

  @ArgGroup private TrialFate fate;

  @Option(
      names = "--on",
      paramLabel = "DIR",
      description = "Keep what is written in a new directory in this one instead of in memory.")
  private Path place;

  @Mixin private MountOptions options;

  @Override
  int failureCode() {
    return ExitCodes.TRIAL_FAILED;
  }

  @Override
  int runCommand(CommandOutput output) throws IOException {
    CommandSignals signals = keepSignals();
    Path real = Files.exists(directory) ? directory.toRealPath() : directory.toAbsolutePath();
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(real)
            .ephemeral(place == null ? Ephemeral.inMemory() : Ephemeral.in(place))
            .options(options.readOptions())
            .build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      TrialProcess process = new TrialProcess(mount, real, command);
      int code = signals.waitFor(process.start(outputOptions().isJson()));
      boolean changed = printChanges(output, mount.specWithUpper()) > 0;
      settleChanges(output, mount, changed, code, signals);
      return code;
    }
  }

  private static long printChanges(CommandOutput output, OverlaySpec layers) throws IOException {
    try (Stream<Change> changes = OverlayDiff.of(layers).compareContent().changes()) {
      return output.printAll("changes", changes, ReportFields::of);
    }
  }

  private void settleChanges(
      CommandOutput output, OverlayMount mount, boolean changed, int code, CommandSignals signals)
      throws IOException {
    String fateText = changed ? "Thrown away." : "Nothing was changed.";
    boolean applied = false;
    Path kept = null;
    if (fate != null && fate.keepTo != null) {
      mount.keepTo(fate.keepTo);
      kept = fate.keepTo;
      fateText = "Kept in " + kept + ".";
    } else if (changed && isWanted(mount, code)) {
      try (ProgressOutput progress = outputOptions().openProgress()) {
        Path temporary =
            Objects.requireNonNullElse(place, Path.of(System.getProperty("java.io.tmpdir")));
        fateText =
            new TrialFolding(mount, output).applyChanges(temporary, progress, signals).toString();
      }
      applied = true;
    }
    printFate(output, fateText, code, applied, kept);
  }

  private static void printFate(
      CommandOutput output, String text, int code, boolean applied, Path kept) throws IOException {
    output.printResult(
        text,
        json -> {
          json.name("exitCode").value(code);
          json.name("applied").value(applied);
          json.name("keptIn").value(kept == null ? null : kept.toString());
        });
  }

  private boolean isWanted(OverlayMount mount, int code) throws IOException {
    if (fate != null) {
      return fate.apply && code == 0;
    }
    return !outputOptions().isJson()
        && TrialQuestion.isPossible()
        && TrialQuestion.isConfirmed(mount.spec().lowers().get(0));
  }
}
