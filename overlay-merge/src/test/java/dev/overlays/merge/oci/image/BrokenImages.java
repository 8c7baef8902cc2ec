package dev.overlays.merge.oci.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Changes images in a layout so that the digests above the change are right again. */
final class BrokenImages {
  private final OciLayout layout;

  BrokenImages(OciLayout layout) {
    this.layout = layout;
  }

  Path file(String digest) {
    return layout.directory().resolve("blobs").resolve(digest.replace(':', '/'));
  }

  private String add(byte[] content) throws IOException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content);
      String text = "sha256:" + HexFormat.of().formatHex(digest);
      Files.write(file(text), content);
      return text;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  void replaceConfig(StoredImage image, byte[] config) throws IOException {
    String manifest = Files.readString(file(image.digest()));
    replaceManifest(
        image,
        manifest
            .replace(image.config().digest(), add(config))
            .replace("\"size\":" + image.config().size() + "},", "\"size\":" + config.length + "},")
            .getBytes(UTF_8));
  }

  void replaceManifest(StoredImage image, byte[] manifest) throws IOException {
    String index = Files.readString(index());
    Files.writeString(
        index(),
        index
            .replace(image.digest(), add(manifest))
            .replace("\"size\":" + image.manifest().size(), "\"size\":" + manifest.length));
  }

  Path index() {
    return layout.directory().resolve("index.json");
  }
}
