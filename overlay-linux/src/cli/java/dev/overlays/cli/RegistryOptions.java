package dev.overlays.cli;

import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which image of which registry, and where images are kept here. */
final class RegistryOptions {
  @Mixin private ReferenceOptions referenceOptions;

  @Option(
      names = "--layout",
      paramLabel = "DIR",
      required = true,
      description =
          "A directory of images, which is made if it is missing. What it has is not"
              + " transferred again.")
  private Path layout;

  String reference() {
    return referenceOptions.reference();
  }

  OciLayout openLayout() {
    return OciLayout.at(layout);
  }

  OciRegistry createRegistry() {
    return referenceOptions.createRegistry();
  }
}
