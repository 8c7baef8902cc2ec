package dev.overlays.linux.archive;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciBlob;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** An image as a directory, as the OCI image layout describes it. */
final class ImageLayout {
  private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");

  private final Path root;
  private final Path blobs;
  private final List<OciBlob> layers = new ArrayList<>();

  ImageLayout(Path root) throws IOException {
    this.root = root;
    blobs = Files.createDirectories(root.resolve("blobs/sha256"));
    Files.writeString(root.resolve("oci-layout"), "{\"imageLayoutVersion\":\"1.0.0\"}");
  }

  /** Puts a layer on top of those before. */
  void add(OciLayer layer) throws IOException {
    Path written = blobs.resolve("written");
    OciBlob blob;
    try (OutputStream out = Files.newOutputStream(written)) {
      blob = layer.writeTo(out);
    }
    Files.move(written, blob(blob.digest()));
    layers.add(blob);
  }

  /** Writes what makes an image of the layers, and returns how programs call it. */
  String tag(String name) throws IOException {
    String config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{},\"rootfs\":"
            + "{\"type\":\"layers\",\"diff_ids\":["
            + join(layers.stream().map(blob -> '"' + blob.diffId() + '"').toList())
            + "]}}";
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
            + "\"config\":"
            + put("application/vnd.oci.image.config.v1+json", config, "")
            + ",\"layers\":["
            + join(layers.stream().map(OciBlob::descriptor).toList())
            + "]}";
    String annotations =
        ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + name + "\"}";
    String index =
        "{\"schemaVersion\":2,\"manifests\":["
            + put("application/vnd.oci.image.manifest.v1+json", manifest, annotations)
            + "]}";
    Files.writeString(root.resolve("index.json"), index);
    return root + ":" + name;
  }

  private static String join(List<String> values) {
    return values.stream().collect(Collectors.joining(","));
  }

  private String put(String mediaType, String json, String more) throws IOException {
    byte[] bytes = json.getBytes(UTF_8);
    String digest = "sha256:" + sha256(bytes);
    Files.write(blob(digest), bytes);
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d%s}"
        .formatted(mediaType, digest, bytes.length, more);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has it", e);
    }
  }

  private Path blob(String digest) {
    return blobs.resolve(digest.substring("sha256:".length()));
  }

  /** The archive of the top-most layer of an image that a program has put here. */
  Path topLayer(String name) throws IOException {
    List<Path> all = layers(name);
    return all.get(all.size() - 1);
  }

  /** The archives of all layers of such an image, the lowest first. */
  List<Path> layers(String name) throws IOException {
    String index = Files.readString(root.resolve("index.json"));
    String entry =
        List.of(index.split("\\{\"mediaType\"", -1)).stream()
            .filter(text -> text.contains("\"" + name + "\""))
            .findFirst()
            .orElseThrow();
    String manifest = Files.readString(blob(digests(entry).get(0)));
    int start = manifest.indexOf("\"layers\"");
    List<String> all = digests(manifest.substring(start, manifest.indexOf(']', start)));
    return all.stream().map(this::blob).toList();
  }

  private static List<String> digests(String json) {
    Matcher matcher = DIGEST.matcher(json);
    return matcher.results().map(result -> result.group()).toList();
  }
}
