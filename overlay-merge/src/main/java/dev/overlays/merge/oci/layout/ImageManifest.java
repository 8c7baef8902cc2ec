package dev.overlays.merge.oci.layout;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.value.OciDescriptor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The manifest of an image: which blobs it has. Source: the OCI image specification, "Image
 * Manifest".
 *
 * @param mediaType the OCI's or Docker's
 * @param config the configuration
 * @param layers the archives of the layers, the lowest first
 * @param annotations what the image's author says of it, sorted by key
 */
public record ImageManifest(
    String mediaType,
    OciDescriptor config,
    List<OciDescriptor> layers,
    Map<String, String> annotations) {
  /** No kernel takes more lowers. */
  private static final int MAX_LAYERS = 500;

  private static final int SCHEMA = 2;
  private static final String DOCUMENT = "manifest";

  /**
   * Reads a manifest.
   *
   * @param mediaType as the registry or the index says
   */
  public static ImageManifest parse(byte[] document, String mediaType, ImageRefusals refusals)
      throws OverlayException {
    try {
      JsonFields fields = JsonFields.of(JsonText.parseObject(document));
      String stated = fields.optionalText("mediaType").orElse(mediaType);
      requireManifest(stated, fields, refusals);
      if (!stated.equals(mediaType)
          && (ImageMediaTypes.isManifest(mediaType) || ImageMediaTypes.isIndex(mediaType))) {
        throw new IOException("it says that it is " + stated + " instead of " + mediaType);
      }
      if (fields.number("schemaVersion") != SCHEMA) {
        throw refusals.unsupported(
            "has a manifest of another version than 2", "Push it again with a current tool.");
      }
      ImageManifest manifest =
          new ImageManifest(
              stated,
              fields.object("config").descriptor(),
              List.copyOf(layersOf(fields)),
              fields.textMap("annotations"));
      manifest.requireKnownParts(refusals);
      return manifest;
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw refusals.brokenDocument(DOCUMENT, e.getMessage());
    }
  }

  private static List<OciDescriptor> layersOf(JsonFields fields) throws IOException {
    List<OciDescriptor> layers = new ArrayList<>();
    for (JsonFields layer : fields.objects("layers")) {
      layers.add(layer.descriptor());
    }
    return layers;
  }

  private static void requireManifest(String mediaType, JsonFields fields, ImageRefusals refusals)
      throws OverlayException {
    if (ImageMediaTypes.isIndex(mediaType) || fields.has("manifests")) {
      throw refusals.unsupported(
          "is a list of images, one for each platform",
          "Name one of them by its digest; skopeo inspect --raw shows the list.");
    }
    if (!ImageMediaTypes.isManifest(mediaType)) {
      throw refusals.unsupported(
          "has a manifest of the unknown media type " + mediaType,
          "Convert it by skopeo copy --format oci.");
    }
  }

  /** Refuses an image that no tool could unpack. */
  public void requireKnownParts(ImageRefusals refusals) throws OverlayException {
    if (!ImageMediaTypes.isConfig(config.mediaType())) {
      throw refusals.unsupported(
          "is no image of a file system: its configuration is " + config.mediaType(),
          "Choose an image for containers.");
    }
    for (OciDescriptor layer : layers) {
      if (!ImageMediaTypes.isLayer(layer.mediaType())) {
        throw refusals.unsupported(
            "has a layer of the unknown media type " + layer.mediaType(),
            "Have it created with layers as tar archives, uncompressed or by gzip or zstd.");
      }
    }
    if (layers.size() > MAX_LAYERS) {
      throw refusals.tooLarge(
          "has " + layers.size() + " layers, more than the kernel's " + MAX_LAYERS,
          "Have some of its layers squashed into one.");
    }
  }

  /** Writes the manifest; the same blobs give the same bytes. */
  public byte[] toBytes() {
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("schemaVersion", (long) SCHEMA);
    manifest.put("mediaType", mediaType);
    manifest.put("config", JsonFields.describe(config));
    manifest.put("layers", layers.stream().map(JsonFields::describe).toList());
    if (!annotations.isEmpty()) {
      manifest.put("annotations", annotations);
    }
    return JsonText.toBytes(manifest);
  }
}
