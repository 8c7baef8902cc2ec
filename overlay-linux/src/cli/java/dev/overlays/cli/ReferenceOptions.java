package dev.overlays.cli;

import dev.overlays.merge.oci.registry.OciRegistry;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which image of which registry, and how that is spoken to. */
final class ReferenceOptions {
  @Parameters(
      index = "0",
      paramLabel = "REFERENCE",
      description = "The image: REGISTRY/REPOSITORY:TAG. By https; by http on loopback.")
  private String reference;

  @Option(
      names = "--plain-http",
      description = "Speak http, so that everybody on the way can read and change all.")
  private boolean plainHttp;

  @Option(
      names = "--certificates",
      paramLabel = "FILE",
      description = "The authorities (PEM) that are trusted instead of Java's.")
  private Path certificates;

  @Option(
      names = "--silence-limit",
      paramLabel = "TIME",
      defaultValue = "60s",
      description =
          "When a registry that neither sends nor takes anything is given up. Default:"
              + " ${DEFAULT-VALUE}.")
  private Duration silenceLimit;

  @Option(
      names = "--token-server",
      paramLabel = "HOST",
      description = "A host that may have the password, though it is not the registry's own.")
  private String tokenServer;

  String reference() {
    return reference;
  }

  OciRegistry createRegistry() {
    // The library logs by SLF4J, which would complain that nobody listens.
    System.setProperty("slf4j.internal.verbosity", "ERROR");
    OciRegistry registry = OciRegistry.of(reference).silenceLimit(silenceLimit);
    if (plainHttp) {
      registry = registry.plainHttp(true);
    }
    if (tokenServer != null) {
      registry = registry.tokenServer(tokenServer);
    }
    return certificates == null ? registry : registry.certificates(certificates);
  }
}
