package dev.overlays.cli;

import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.report.Change;
import java.io.IOException;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays diff}: shows what the upper of a view changes. */
@Command(
    name = "diff",
    description = {"Show what the upper of a view changes.", "The view may be mounted.", ""},
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: changes[kind, path, type, size, from].",
      "Example:",
      "  overlays diff --lower /srv/cache --instance /srv/instances/one"
    })
final class DiffCommand extends OverlaysCommand {
  @Mixin private ViewOptions viewOptions;
  @Mixin private WorkerOption workerOption;

  @Option(
      names = "--content",
      description = "Compare the content of files, and show only what can be seen in the view.")
  private boolean content;

  @Option(names = "--exit-code", description = "Exit with 3 if there are changes.")
  private boolean exitCode;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    OverlayDiff diff = OverlayDiff.of(viewOptions.readSpec()).workers(workerOption.workers());
    try (Stream<Change> changes = (content ? diff.compareContent() : diff).changes()) {
      long count = output.printAll("changes", changes, ReportFields::of);
      return exitCode && count > 0 ? ExitCodes.FOUND : ExitCodes.DONE;
    }
  }
}
