package dev.overlays.merge.oci.layout;

import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The media types of images that are read: the OCI's, and those of Docker's second schema, whose
 * documents have the same fields.
 */
public final class ImageMediaTypes {
  public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
  public static final String INDEX = "application/vnd.oci.image.index.v1+json";

  static final String CONFIG = "application/vnd.oci.image.config.v1+json";

  private static final String DOCKER = "application/vnd.docker.";
  private static final Set<String> MANIFESTS =
      Set.of(MANIFEST, DOCKER + "distribution.manifest.v2+json");
  private static final Set<String> INDEXES =
      Set.of(INDEX, DOCKER + "distribution.manifest.list.v2+json");
  private static final Set<String> CONFIGS = Set.of(CONFIG, DOCKER + "container.image.v1+json");
  private static final Set<String> LAYERS =
      Stream.concat(
              Arrays.stream(OciCompression.values()).map(OciCompression::mediaType),
              Stream.of("", ".gzip", ".zstd").map(end -> DOCKER + "image.rootfs.diff.tar" + end))
          .collect(Collectors.toUnmodifiableSet());

  private ImageMediaTypes() {}

  public static boolean isManifest(String mediaType) {
    return MANIFESTS.contains(mediaType);
  }

  public static boolean isIndex(String mediaType) {
    return INDEXES.contains(mediaType);
  }

  static boolean isConfig(String mediaType) {
    return CONFIGS.contains(mediaType);
  }

  static boolean isLayer(String mediaType) {
    return LAYERS.contains(mediaType);
  }

  /** Returns a layer by the name that the OCI has for the same archive. */
  public static OciDescriptor asOciLayer(OciDescriptor layer) {
    String type = layer.mediaType();
    if (!type.startsWith(DOCKER)) {
      return layer;
    }
    OciCompression compression = OciCompression.NONE;
    if (type.endsWith(".gzip")) {
      compression = OciCompression.GZIP;
    } else if (type.endsWith(".zstd")) {
      compression = OciCompression.ZSTD;
    }
    return new OciDescriptor(compression.mediaType(), layer.digest(), layer.size());
  }

  /** Returns all media types that a registry is asked for, so that it converts nothing. */
  public static String acceptedManifests() {
    return Stream.concat(MANIFESTS.stream(), INDEXES.stream())
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
