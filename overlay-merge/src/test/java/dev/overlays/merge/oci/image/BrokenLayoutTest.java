package dev.overlays.merge.oci.image;

import static dev.overlays.merge.oci.image.SampleImages.content;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with an image in a layout: a problem each, with its path, and nothing changes. */
class BrokenLayoutTest {
  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final Path directory = fileSystem.getPath("/images");
  private final OciLayout layout = OciLayout.at(directory);
  private final BrokenImages broken = new BrokenImages(layout);
  private StoredImage image;

  @BeforeEach
  void writeImage() throws IOException {
    image = SampleImages.twoLayers(fileSystem).writeTo(layout, "v1");
  }

  private void assertRefused(ProblemCode code, String mentioned) throws IOException {
    Map<String, String> before = content(directory);
    OverlayException e = assertThrows(OverlayException.class, () -> layout.find("v1").verify());
    Problem problem = e.problems().get(0);
    assertEquals(code, problem.code(), e.toString());
    assertTrue(problem.path().orElseThrow().startsWith(directory), e.toString());
    assertTrue(problem.toString().contains(mentioned), e.toString());
    assertEquals(before, content(directory));
  }

  @Test
  void missingBlobs() throws IOException {
    String layer = image.layers().get(1).digest();
    Files.delete(broken.file(layer));
    assertRefused(ProblemCode.IMAGE_BLOB_MISSING, layer);
    Files.delete(broken.file(image.config().digest()));
    assertRefused(ProblemCode.IMAGE_BLOB_MISSING, image.config().digest());
    Files.delete(broken.file(image.digest()));
    assertRefused(ProblemCode.IMAGE_BLOB_MISSING, image.digest());
  }

  @Test
  void wrongDigests() throws IOException {
    for (String digest :
        new String[] {image.layers().get(0).digest(), image.config().digest(), image.digest()}) {
      byte[] content = Files.readAllBytes(broken.file(digest));
      content[content.length / 2] ^= 1;
      Files.write(broken.file(digest), content);
      assertRefused(ProblemCode.IMAGE_BLOB_WRONG, digest);
    }
  }

  @Test
  void wrongSizes() throws IOException {
    Files.writeString(broken.file(image.layers().get(0).digest()), "short");
    assertRefused(ProblemCode.IMAGE_BLOB_WRONG, "it has 5 bytes instead of");
    OverlayException e = assertThrows(OverlayException.class, () -> layout.find("v1"));
    assertTrue(e.has(ProblemCode.IMAGE_BLOB_WRONG), "a size is seen without reading the layer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "schemaVersion\":2 | schemaVersion\":1 | IMAGE_UNSUPPORTED | another version",
        "image.layer.v1.tar\" | image.layer.v2.tar\" | IMAGE_UNSUPPORTED | image.layer.v2.tar",
        "image.config.v1 | artifact.config.v1 | IMAGE_UNSUPPORTED | artifact.config.v1",
        "image.manifest.v1 | image.index.v1 | IMAGE_UNSUPPORTED | list of images",
        "image.manifest.v1 | image.thing.v1 | IMAGE_UNSUPPORTED | image.thing.v1",
        "\"layers\" | \"manifests\" | IMAGE_UNSUPPORTED | list of images",
        "sha256: | sha512: | IMAGE_BROKEN | no digest of SHA-256",
        "\"size\":2 | \"size\":-1 | IMAGE_BROKEN | size is no number",
        "\"size\":2 | \"size\":1.5e | IMAGE_BROKEN | no number of bytes",
        "\"size\":2 | \"size\":1e300,\"x\":1 | IMAGE_BROKEN | no number of bytes",
        "\"config\" | \"layers\":[],\"config\" | IMAGE_BROKEN | Duplicate",
        "\"config\" | \"konfig\" | IMAGE_BROKEN | config is no object",
        "\"layers\":[ | \"layers\":[3, | IMAGE_BROKEN | layers[0] is no object",
        "\"layers\":[ | \"layers\":[{}, | IMAGE_BROKEN | layers[0].digest is missing",
        "]} | ]}] | IMAGE_BROKEN | JSON",
        "]} | ]}{} | IMAGE_BROKEN | follows",
        "]} | ], | IMAGE_BROKEN | JSON"
      })
  void wrongManifests(String from, String to, ProblemCode code, String mentioned)
      throws IOException {
    String manifest = Files.readString(broken.file(image.digest()));
    assertTrue(manifest.contains(from), manifest);
    broken.replaceManifest(image, manifest.replace(from, to).getBytes(UTF_8));
    assertRefused(code, mentioned);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"diff_ids\":[ | \"diff_ids\":[\"sha256:1\", | it has 3 layers, and the manifest has 2",
        "sha256: | sha257: | rootfs.diff_ids has sha257",
        "rootfs | rootsf | rootfs is no object",
        "\"config\":{} | \"config\":{\"Labels\":{\"a\":1}} | config.Labels.a is no text"
      })
  void wrongConfigurations(String from, String to, String mentioned) throws IOException {
    String config = Files.readString(broken.file(image.config().digest()));
    assertTrue(config.contains(from), config);
    broken.replaceConfig(image, config.replace(from, to).getBytes(UTF_8));
    assertRefused(ProblemCode.IMAGE_BROKEN, mentioned);
  }

  @Test
  void tooLargeDocuments() throws IOException {
    broken.replaceManifest(image, new byte[(4 << 20) + 1]);
    assertRefused(ProblemCode.IMAGE_TOO_LARGE, "4194305 bytes");
  }

  @Test
  void tooManyLayers() throws IOException {
    String manifest = Files.readString(broken.file(image.digest()));
    String layer = manifest.substring(manifest.indexOf("[{") + 1, manifest.indexOf("},{") + 1);
    broken.replaceManifest(
        image, manifest.replace("[{", "[" + (layer + ",").repeat(499) + "{").getBytes(UTF_8));
    assertRefused(ProblemCode.IMAGE_TOO_LARGE, "501 layers");
  }

  @Test
  void tooDeepDocuments() throws IOException {
    broken.replaceManifest(image, "{\"a\":".repeat(100_000).getBytes(UTF_8));
    assertRefused(ProblemCode.IMAGE_BROKEN, "depth");
  }

  @Test
  void wrongIndexes() throws IOException {
    String index = Files.readString(broken.index());
    Files.writeString(broken.index(), index.replace("\"v1\"", "\"v2\""));
    assertRefused(ProblemCode.IMAGE_NOT_FOUND, "There is no image v1 in the layout");
    Files.writeString(broken.index(), index.replace("image.manifest.v1", "image.index.v1"));
    assertRefused(ProblemCode.IMAGE_BROKEN, "instead of application/vnd.oci.image.index.v1+json");
    Files.writeString(broken.index(), index.replace("\"manifests\":[", "\"manifests\":[[],"));
    assertRefused(ProblemCode.IMAGE_BROKEN, "manifests[0] is no object");
    Files.writeString(broken.index(), "not JSON");
    assertRefused(ProblemCode.IMAGE_BROKEN, "index.json");
    Files.delete(broken.index());
    assertRefused(ProblemCode.IMAGE_NOT_FOUND, "There is no image v1");
  }

  @Test
  void wrongLayouts() throws IOException {
    Path marker = directory.resolve("oci-layout");
    Files.writeString(marker, "{\"imageLayoutVersion\":\"2.0.0\"}");
    assertRefused(ProblemCode.IMAGE_UNSUPPORTED, "2.0.0");
    Files.writeString(marker, "{}");
    assertRefused(ProblemCode.IMAGE_BROKEN, "imageLayoutVersion is missing");
    Files.delete(marker);
    assertRefused(ProblemCode.IMAGE_NOT_FOUND, "no image layout");
  }
}
