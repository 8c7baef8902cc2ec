package dev.overlays.cli;

import dev.overlays.Problem;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.JsonFields;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.report.RepairReport;
import dev.overlays.spi.LayerSharing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays check}: an fsck of layers. */
@Command(
    name = "check",
    description = {
      "Check the layers of a view.",
      "A repair does what can be done without a change of the view. Only a repair needs the view to be unmounted.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Exit code: 3 if a problem of the layers was found, or is left by the repair. At most the"
          + " first 1,000 are listed.",
      "JSON: findings[code, path, message, remedy], repaired{code}, seconds, shared[path,"
          + " fileSystem, obstacles[], users[]].",
      "Example:",
      "  overlays check --repair --lower /srv/cache \\",
      "      --instance /srv/instances/one"
    })
final class CheckCommand extends OverlaysCommand {
  @Mixin private ViewOptions viewOptions;

  @Option(names = "--repair", description = "Repair what can be repaired.")
  private boolean repair;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    OverlayCheck check = OverlayCheck.of(viewOptions.readSpec());
    List<Problem> findings;
    if (repair) {
      RepairReport report = check.repair();
      output.printResult(report, ReportFields.of(report));
      findings = report.left();
    } else {
      findings = check.run();
    }
    Map<Path, LayerSharing> shared = check.findSharing();
    output.printAll("shared", shared.entrySet().stream().map(SharedLower::of), SharedLower::fields);
    output.printAll("findings", findings.stream().map(LayerFinding::of), LayerFinding::fields);
    return findings.isEmpty() ? ExitCodes.DONE : ExitCodes.FOUND;
  }

  /** A lower that machines share, as a line and as fields. */
  private record SharedLower(Path path, LayerSharing sharing) {
    static SharedLower of(Map.Entry<Path, LayerSharing> entry) {
      return new SharedLower(entry.getKey(), entry.getValue());
    }

    JsonFields fields() {
      return ReportFields.of(path, sharing);
    }

    @Override
    public String toString() {
      return path + ": " + sharing;
    }
  }
}
