package dev.overlays.cli;

import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.nio.file.Path;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which image of which registry, and where images are kept here. */
final class RegistryOptions {
  @Parameters(
      index = "0",
      paramLabel = "REFERENCE",
      description = "The image: REGISTRY/REPOSITORY:TAG. By https; by http on loopback.")
  private String reference;

  @Option(
      names = "--layout",
      paramLabel = "DIR",
      required = true,
      description =
          "A directory of images, which is made if it is missing. What it has is not"
              + " transferred again.")
  private Path layout;

  @Option(
      names = "--plain-http",
      description = "Speak http, so that everybody on the way can read and change all.")
  private boolean plainHttp;

  @Option(
      names = "--certificates",
      paramLabel = "FILE",
      description = "The authorities (PEM) that are trusted instead of Java's.")
  private Path certificates;

  String reference() {
    return reference;
  }

  OciLayout openLayout() {
    return OciLayout.at(layout);
  }

  OciRegistry createRegistry() {
    // The library logs by SLF4J, which would complain that nobody listens.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    OciRegistry registry = OciRegistry.of(reference);
    if (plainHttp) {
      registry = registry.plainHttp(true);
    }
    return certificates == null ? registry : registry.certificates(certificates);
  }
}
