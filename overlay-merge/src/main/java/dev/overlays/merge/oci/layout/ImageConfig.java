package dev.overlays.merge.oci.layout;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.stream.BlobDigest;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is needed of the configuration of an image. Source: the OCI image specification, "Image
 * Configuration".
 *
 * @param created when the image was created, as text; null if that is not said
 * @param platform the operating system and the processor, as {@code linux/amd64}
 * @param labels what containers of the image are labelled with, sorted by key
 * @param diffIds the digests of the uncompressed layers, the lowest first
 */
public record ImageConfig(
    String created, String platform, Map<String, String> labels, List<String> diffIds) {
  public static final String MEDIA_TYPE = ImageMediaTypes.CONFIG;

  /** Reads the configuration of an image with a number of layers. */
  public static ImageConfig parse(byte[] document, int layers, ImageRefusals refusals)
      throws OverlayException {
    try {
      JsonFields fields = JsonFields.of(JsonText.parseObject(document));
      List<String> diffIds = fields.object("rootfs").texts("diff_ids");
      if (diffIds.size() != layers) {
        throw new IOException(
            "it has " + diffIds.size() + " layers, and the manifest has " + layers);
      }
      for (String diffId : diffIds) {
        if (!BlobDigest.isDigest(diffId)) {
          throw new IOException("rootfs.diff_ids has " + diffId);
        }
      }
      Map<String, String> labels =
          fields.has("config") ? fields.object("config").textMap("Labels") : Map.of();
      return new ImageConfig(
          fields.optionalText("created").orElse(null),
          fields.optionalText("os").orElse("")
              + '/'
              + fields.optionalText("architecture").orElse(""),
          labels,
          List.copyOf(diffIds));
    } catch (IOException e) {
      throw refusals.brokenDocument("configuration", e.getMessage());
    }
  }

  /** Writes the configuration; the same values give the same bytes. */
  public byte[] toBytes() {
    int slash = platform.indexOf('/');
    Map<String, Object> rootfs = new LinkedHashMap<>();
    rootfs.put("type", "layers");
    rootfs.put("diff_ids", diffIds);
    Map<String, Object> config = new LinkedHashMap<>();
    if (created != null) {
      config.put("created", created);
    }
    config.put("architecture", platform.substring(slash + 1));
    config.put("os", platform.substring(0, slash));
    config.put("config", labels.isEmpty() ? Map.of() : Map.of("Labels", labels));
    config.put("rootfs", rootfs);
    return JsonText.toBytes(config);
  }
}
