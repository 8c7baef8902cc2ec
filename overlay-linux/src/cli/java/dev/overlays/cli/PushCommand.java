package dev.overlays.cli;

import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.image.OciImage;
import dev.overlays.merge.oci.image.StoredImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code overlays push}: makes an image of the layers of a view, and pushes it to a registry. */
@Command(
    name = "push",
    description = {
      "Push the layers of a view to a registry, as an OCI image.",
      "Its layers are the lowers and the upper, if one is named. The same layers give the same"
          + " image, of which only what is missing is sent. The credentials are those of \"podman"
          + " login\" and \"docker login\".",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: reference, digest, layers[mediaType, digest, size].",
      "Example:",
      "  overlays push --lower /srv/cache --layout /srv/images \\",
      "      127.0.0.1:5000/cache:v1"
    })
final class PushCommand extends OverlaysCommand {
  @Mixin private RegistryOptions registryOptions;
  @Mixin private ViewOptions viewOptions;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    CommandSignals signals = keepSignals();
    StoredImage image =
        createImage()
            .cancelWhen(signals::isReceived)
            .writeTo(registryOptions.openLayout(), registryOptions.reference());
    try (ProgressOutput progress = outputOptions().openProgress()) {
      registryOptions
          .createRegistry()
          .progress(progress::showTransfer)
          .cancelWhen(signals::isReceived)
          .push(image);
    }
    String reference = registryOptions.reference();
    output.printResult(
        "pushed " + image.digest() + " as " + reference, ReportFields.of(reference, image));
    return ExitCodes.DONE;
  }

  private OciImage createImage() throws IOException {
    Optional<Path> single = viewOptions.readSingleLayer();
    return single.isPresent()
        ? OciImage.of(
            List.of(OciLayer.of(single.get(), MarkNamespace.of(viewOptions.readOptions()))))
        : OciImage.of(viewOptions.readSpec());
  }
}
