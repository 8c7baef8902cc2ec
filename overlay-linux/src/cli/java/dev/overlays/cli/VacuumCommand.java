package dev.overlays.cli;

import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.report.VacuumReport;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays vacuum}: removes from an upper what shows no difference. */
@Command(
    name = "vacuum",
    description = {
      "Remove from the upper of a view what the lower shows as well.",
      "The view may not be mounted.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: dryRun, filesRemoved, directoriesRemoved, whiteoutsRemoved, bytesFreed, seconds.",
      "Example:",
      "  overlays vacuum --lower /srv/cache --instance /srv/instances/one"
    })
final class VacuumCommand extends OverlaysCommand {
  @Mixin private ViewOptions viewOptions;
  @Mixin private MergeOptions mergeOptions;

  @Option(
      names = "--ignore-attributes",
      description =
          "Remove what has the content of the lower, whatever its owner, mode and time are. The view"
              + " shows those of the lower then.")
  private boolean ignoreAttributes;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    CommandSignals signals = keepSignals();
    OverlayVacuum vacuum =
        OverlayVacuum.of(viewOptions.readSpec())
            .workers(mergeOptions.workers())
            .exclude(mergeOptions.excluded())
            .cancelWhen(signals::isReceived);
    OverlayVacuum chosen = ignoreAttributes ? vacuum.ignoreAttributes() : vacuum;
    VacuumReport report = mergeOptions.isDryRun() ? chosen.dryRun() : chosen.run();
    output.printResult(report, ReportFields.of(report));
    return ExitCodes.DONE;
  }
}
