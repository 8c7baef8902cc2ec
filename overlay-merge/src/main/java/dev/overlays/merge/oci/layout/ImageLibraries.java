package dev.overlays.merge.oci.layout;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.stream.OptionalLibrary;
import java.util.List;

/**
 * Finds the optional libraries that images and registries need. Classes that use them are loaded
 * only after that.
 */
public final class ImageLibraries {
  /** The library has no module descriptor, so nothing brings the modules that it needs. */
  private static final String REGISTRY_MODULES =
      "oras.java.sdk,org.slf4j,java.net.http,tools.jackson.databind,com.github.benmanes.caffeine";

  private ImageLibraries() {}

  /** Requires the library for JSON, in which images are described. */
  public static void requireJson() throws OverlayException {
    new OptionalLibrary(
            "tools.jackson.core.json.JsonFactory",
            "tools.jackson.core:jackson-core",
            "tools.jackson.core",
            "images need it")
        .requirePresent();
  }

  /** Requires the library that speaks to registries. */
  public static void requireRegistry() throws OverlayException {
    requireJson();
    new OptionalLibrary(
            "land.oras.auth.HttpClient",
            "land.oras:oras-java-sdk",
            REGISTRY_MODULES,
            "registries need it")
        .requirePresent();
  }

  /** Creates the exception for a library that lacks a dependency. */
  public static OverlayException unusableLibrary(LinkageError e) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.ARCHIVE_LIBRARY_MISSING,
                "A library for images or registries cannot be used: " + e + ".",
                "Add jackson-core, and for registries oras-java-sdk, with their dependencies; on the"
                    + " module path also use --add-modules "
                    + REGISTRY_MODULES
                    + ".")),
        e);
  }
}
