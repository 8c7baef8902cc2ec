package dev.overlays.cli;

import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportFields;
import dev.overlays.merge.oci.image.StoredImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code overlays pull}: pulls an image from a registry, and unpacks its layers. */
@Command(
    name = "pull",
    description = {
      "Pull an OCI image from a registry, and unpack its layers into new directories.",
      "An image of one layer is unpacked as DIR, of several as DIR/1, DIR/2 and so on, the lowest"
          + " first. Only what is missing is transferred, and all is checked by digest.",
      ""
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "JSON: reference, digest, layers[mediaType, digest, size], directories[].",
      "Example:",
      "  overlays pull --layout /srv/pulled 127.0.0.1:5000/cache:v1 \\",
      "      /srv/cache-v1"
    })
final class PullCommand extends OverlaysCommand {
  @Mixin private RegistryOptions registryOptions;

  @Parameters(index = "1", paramLabel = "DIR", description = "The new directory.")
  private Path directory;

  @Mixin private ImportOptions importOptions;

  @Override
  int runCommand(CommandOutput output) throws IOException {
    String reference = registryOptions.reference();
    CommandSignals signals = keepSignals();
    StoredImage image;
    List<String> unpacked;
    try (ProgressOutput progress = outputOptions().openProgress()) {
      image =
          registryOptions
              .createRegistry()
              .progress(progress::showTransfer)
              .cancelWhen(signals::isReceived)
              .pull(registryOptions.openLayout(), reference);
      unpacked = unpackLayers(image, progress, signals).stream().map(Path::toString).toList();
    }
    output.printResult(
        "pulled " + image.digest() + " to " + String.join(", ", unpacked),
        json -> {
          ReportFields.of(reference, image).writeTo(json);
          ReportFields.writeNames(json, "directories", unpacked);
        });
    return ExitCodes.DONE;
  }

  /** A layer that cannot be unpacked leaves nothing; those below it stay, whole as they are. */
  private List<Path> unpackLayers(
      StoredImage image, ProgressOutput progress, CommandSignals signals) throws IOException {
    int count = image.layers().size();
    if (count > 1) {
      Files.createDirectory(directory);
    }
    List<Path> directories = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Path target = count == 1 ? directory : directory.resolve(Integer.toString(i + 1));
      image.importLayer(
          i,
          importOptions
              .createImport(target)
              .progress(progress::showUnpacking)
              .cancelWhen(signals::isReceived));
      directories.add(target);
    }
    return directories;
  }
}
