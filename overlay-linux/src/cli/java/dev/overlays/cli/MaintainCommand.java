package dev.overlays.cli;

import dev.overlays.UnmountOptions;
import dev.overlays.cache.Maintenance;
import dev.overlays.cache.MaintenanceReport;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.linux.boot.SystemdTimer;
import dev.overlays.merge.report.ConflictPolicy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays maintain}: merges what the instances of a cache have written into its lower. */
@Command(
    name = "maintain",
    description = {
      "Fold what the instances of a cache have written into its lower.",
      "They are unmounted, and mounted again afterwards. It is refused, with the names of those who use a view, before anything is"
          + " unmounted. What was cut off the next maintenance carries on.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: dryRun, bytesBefore, bytesAfter, merge{as of \"merge\"}, vacuums{UPPER: as of"
          + " \"vacuum\"}, mounted[], notices[], seconds; or with"
          + " --install-timer: written[].",
      "Example:",
      "  overlays maintain --wait 30s --lower /srv/cache \\",
      "      --instances /srv/instances"
    })
final class MaintainCommand extends OverlaysCommand {
  @Mixin private CacheOptions cacheOptions;
  @Mixin private WaitOption waitOption;
  @Mixin private MergeOptions mergeOptions;
  @Mixin private TimerOptions timerOptions;

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      defaultValue = "delete-common",
      converter = PolicyConverter.class,
      description =
          "What becomes of conflicts: delete-common takes nothing from an instance that another has"
              + " deleted, in-order lets the last one win, refuse merges nothing. Default:"
              + " ${DEFAULT-VALUE}.")
  private ConflictPolicy policy;

  @Option(
      names = "--keep",
      paramLabel = "NAME",
      description = "An instance that is not merged. Repeatable.")
  private List<String> kept = new ArrayList<>();

  @Option(
      names = "--ignore-attributes",
      description =
          "Remove from uppers that stay what has the content of the lower, whatever its owner, mode"
              + " and time are.")
  private boolean ignoreAttributes;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    if (timerOptions.isInstalling()) {
      return installTimer(output);
    }
    CommandSignals signals = keepSignals();
    try (ProgressOutput progress = outputOptions().openProgress()) {
      Maintenance maintenance = prepareMaintenance(progress, signals);
      MaintenanceReport report = mergeOptions.isDryRun() ? maintenance.dryRun() : maintenance.run();
      progress.clearBar();
      output.printResult(report, ReportFields.of(report));
    }
    return ExitCodes.DONE;
  }

  private int installTimer(CommandOutput output) throws IOException {
    SystemdTimer timer = timerOptions.writeUnits(commandSpec(), cacheOptions.instances());
    Path directory = timerOptions.unitsDirectory();
    List<String> written =
        Stream.of(timer.serviceName(), timer.timerName())
            .map(name -> directory.resolve(name).toString())
            .toList();
    output.printResult(
        "wrote " + String.join(" and ", written),
        json -> ReportFields.writeNames(json, "written", written));
    String manager = timerOptions.isOfSystem() ? "systemctl" : "systemctl --user";
    output.printRemark(
        "They take effect by: %s daemon-reload && %s enable --now %s"
            .formatted(manager, manager, timer.timerName()));
    return ExitCodes.DONE;
  }

  private Maintenance prepareMaintenance(ProgressOutput progress, CommandSignals signals) {
    Maintenance maintenance =
        cacheOptions
            .openCache()
            .maintenance()
            .policy(policy)
            .workers(mergeOptions.workers())
            .exclude(mergeOptions.excluded())
            .keeping(kept)
            .unmounting(UnmountOptions.waitingUpTo(waitOption.patience()))
            .progress(progress)
            .cancelWhen(signals::isReceived);
    return ignoreAttributes ? maintenance.ignoreAttributes() : maintenance;
  }
}
