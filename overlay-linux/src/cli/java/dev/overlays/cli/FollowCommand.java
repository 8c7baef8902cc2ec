package dev.overlays.cli;

import dev.overlays.UnmountOptions;
import dev.overlays.cache.FollowReport;
import dev.overlays.cache.LowerUpdate;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays follow}: takes up the lower that another machine has published. */
@Command(
    name = "follow",
    description = {
      "Take up the lower that another machine has published, if it is another one than here.",
      "It is pulled, unpacked beside the lower and checked; then the instances are unmounted, the"
          + " lower is replaced, and they are mounted again. It is refused, with names, if somebody"
          + " uses a view or anything would be lost. The former lower is kept until the next"
          + " \"follow\", and while it is used.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: image, replaced, mounted[], notices[].",
      "Example:",
      "  overlays follow --lower /srv/other-cache --instances /srv/others \\",
      "      127.0.0.1:5000/lower:v1"
    })
final class FollowCommand extends OverlaysCommand {
  @Mixin private ReferenceOptions referenceOptions;
  @Mixin private CacheOptions cacheOptions;
  @Mixin private WaitOption waitOption;
  @Mixin private ImportTreatments importTreatments;

  @Option(
      names = "--carry-uppers",
      description =
          "Let instances keep what they have written and deleted; it hides what the new lower has of"
              + " the same names.")
  private boolean carryingUppers;

  @Option(
      names = "--replace-unpublished",
      description = "Replace the lower even if it holds what no image has.")
  private boolean replacingUnpublished;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    // Ended in the middle, it would leave the instances unmounted.
    CommandSignals signals = keepSignals();
    try (ProgressOutput progress = outputOptions().openProgress()) {
      LowerUpdate update =
          cacheOptions
              .openCache()
              .update(referenceOptions.createRegistry().progress(progress::showTransfer))
              .progress(progress::showUnpacking)
              .cancelWhen(signals::isReceived)
              .unmounting(UnmountOptions.waitingUpTo(waitOption.patience()));
      if (importTreatments.areChosen()) {
        update = update.importing(importTreatments::applyTo);
      }
      update = carryingUppers ? update.carryingUppers() : update;
      FollowReport report = (replacingUnpublished ? update.replacingUnpublished() : update).run();
      progress.clearBar();
      output.printResult(report, ReportFields.of(report));
    }
    return ExitCodes.DONE;
  }
}
