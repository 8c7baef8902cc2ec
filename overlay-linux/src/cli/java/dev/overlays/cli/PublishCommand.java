package dev.overlays.cli;

import dev.overlays.cache.LowerPublication;
import dev.overlays.cache.PublishReport;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code overlays publish}: pushes the lower of a cache, so that other machines can follow it. */
@Command(
    name = "publish",
    description = {
      "Push the lower of a cache to a registry, so that the caches of other machines can follow it.",
      "The views may be mounted. What the instances have written is not published: maintain first."
          + " An image that this cache does not know is not replaced.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: image, pushed.",
      "Example:",
      "  overlays publish --lower /srv/cache --instances /srv/instances \\",
      "      127.0.0.1:5000/lower:v1"
    })
final class PublishCommand extends OverlaysCommand {
  @Mixin private ReferenceOptions referenceOptions;
  @Mixin private CacheOptions cacheOptions;
  @Mixin private PackingOptions packingOptions;

  @Option(
      names = "--overwrite",
      description = "Replace whatever image the registry has under this name.")
  private boolean overwriting;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    CommandSignals signals = keepSignals();
    try (ProgressOutput progress = outputOptions().openProgress()) {
      LowerPublication publication =
          cacheOptions
              .openCache()
              .publication(referenceOptions.createRegistry().progress(progress::showTransfer))
              .exporting(packingOptions::applyTo)
              .cancelWhen(signals::isReceived);
      PublishReport report = (overwriting ? publication.overwriting() : publication).run();
      progress.clearBar();
      output.printResult(report, ReportFields.of(report));
    }
    return ExitCodes.DONE;
  }
}
