package dev.overlays.cli;

import dev.overlays.OverlaySpec;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.merge.report.SharedMergeReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays merge}: folds uppers into their lower. */
@Command(
    name = "merge",
    description = {
      "Fold the upper of a view into its lower.",
      "Several instances are merged one after the other. None may be mounted. Name every instance of the lower: with --instance, or with"
          + " --keep if its upper stays.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: dryRun, uppers[upper, added, replaced, updated, deleted, kept, bytesMoved, bytesFreed,"
          + " seconds], conflicts, firstConflicts[kind, path, first, second], seconds.",
      "Example:",
      "  overlays merge --lower /srv/cache --instance /srv/instances/one \\",
      "      --keep /srv/instances/two"
    })
final class MergeCommand extends OverlaysCommand {
  @Mixin private ViewOptions viewOptions;
  @Mixin private MergeOptions mergeOptions;

  @Option(
      names = "--keep",
      paramLabel = "DIR",
      description = "An instance that shares the lower, and whose upper stays. Repeatable.")
  private List<Path> kept = new ArrayList<>();

  @Option(
      names = "--only",
      paramLabel = "PATTERN",
      description = "Merge these paths only, each with everything in it. Repeatable.")
  private List<String> only = new ArrayList<>();

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "in-order",
      converter = PolicyConverter.class,
      description =
          "What becomes of conflicts of several instances: in-order, delete-common or refuse."
              + " Default: ${DEFAULT-VALUE}.")
  private ConflictPolicy policy;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    CommandSignals signals = keepSignals();
    List<OverlaySpec> specs = viewOptions.readSpecs();
    try (ProgressOutput progress = outputOptions().openProgress()) {
      if (specs.size() == 1 && kept.isEmpty()) {
        MergeReport report = mergeOne(specs.get(0), progress, signals);
        progress.clearBar();
        output.printResult(report, ReportFields.of(asShared(specs.get(0), report)));
      } else {
        SharedMergeReport report = mergeSeveral(specs, progress, signals);
        progress.clearBar();
        output.printResult(report, ReportFields.of(report));
      }
    }
    return ExitCodes.DONE;
  }

  private MergeReport mergeOne(OverlaySpec spec, ProgressOutput progress, CommandSignals signals)
      throws IOException {
    OverlayMerge merge =
        OverlayMerge.of(spec)
            .workers(mergeOptions.workers())
            .exclude(mergeOptions.excluded())
            .only(only.toArray(String[]::new))
            .progress(progress)
            .cancelWhen(signals::isReceived);
    return mergeOptions.isDryRun() ? merge.dryRun() : merge.run();
  }

  /** One upper has the same fields as several. */
  private SharedMergeReport asShared(OverlaySpec spec, MergeReport report) {
    return new SharedMergeReport(
        report.dryRun(),
        policy,
        Map.of(spec.upper().orElseThrow(), report),
        Map.of(),
        List.of(),
        report.duration());
  }

  private SharedMergeReport mergeSeveral(
      List<OverlaySpec> specs, ProgressOutput progress, CommandSignals signals) throws IOException {
    SharedMerge merge =
        OverlayMerge.into(specs.get(0).lowers().get(0))
            .uppers(specs)
            .keepUppers(kept.stream().map(viewOptions::specOf).toList())
            .policy(policy)
            .workers(mergeOptions.workers())
            .exclude(mergeOptions.excluded())
            .only(only.toArray(String[]::new))
            .progress(progress)
            .cancelWhen(signals::isReceived);
    return mergeOptions.isDryRun() ? merge.dryRun() : merge.run();
  }
}
