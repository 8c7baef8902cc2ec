package dev.overlays.merge.oci.image;

import static dev.overlays.merge.oci.image.SampleImages.content;
import static dev.overlays.merge.oci.image.SampleImages.layer;
import static dev.overlays.merge.oci.image.SampleImages.twoLayers;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images in a layout: their bytes, what they share, and what failures leave. */
class OciImageTest {
  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final Path directory = fileSystem.getPath("/images");
  private final OciLayout layout = OciLayout.at(directory);

  private OciLayout another(String name) {
    return OciLayout.at(fileSystem.getPath(name));
  }

  @Test
  void sameLayersGiveTheSameBytes() throws IOException {
    OciImage image =
        twoLayers(fileSystem).annotation("b", "2").annotation("a", "1").label("l", "m");
    image.writeTo(layout, "v1");
    twoLayers(fileSystem)
        .label("l", "m")
        .annotation("a", "1")
        .annotation("b", "2")
        .writeTo(another("/others"), "v1");
    assertEquals(content(directory), content(fileSystem.getPath("/others")));
  }

  /** The bytes are the same on every machine and in every version. */
  @Test
  void documentsAreThoseOfTheSpecification() throws IOException {
    StoredImage image =
        OciImage.of(List.of()).created(Instant.EPOCH).annotation("a", "1").writeTo(layout, "v1");
    assertEquals(
        "{\"created\":\"1970-01-01T00:00:00Z\",\"architecture\":\"amd64\",\"os\":\"linux\","
            + "\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}",
        blob(image.config().digest()));
    assertEquals(
        "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
            + "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
            + image.config().digest()
            + "\",\"size\":123},\"layers\":[],\"annotations\":{\"a\":\"1\"}}",
        blob(image.digest()));
    assertEquals(
        "{\"imageLayoutVersion\":\"1.0.0\"}", Files.readString(directory.resolve("oci-layout")));
  }

  private String blob(String digest) throws IOException {
    return Files.readString(directory.resolve("blobs").resolve(digest.replace(':', '/')));
  }

  @Test
  void cancelledImageLeavesNothing() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    twoLayers(fileSystem)
        .cancelWhen(() -> asked.incrementAndGet() < 0)
        .writeTo(another("/whole"), "v1");
    for (int last : List.of(1, asked.get() / 2, asked.get())) {
      asked.set(0);
      OciImage image = twoLayers(fileSystem).cancelWhen(() -> asked.incrementAndGet() >= last);
      OverlayException e = assertThrows(OverlayException.class, () -> image.writeTo(layout, "v1"));
      assertEquals(ProblemCode.MERGE_CANCELLED, e.problems().get(0).code(), e.toString());
      assertFalse(Files.exists(directory), "at " + last);
    }
  }

  @Test
  void whatTheAuthorSaysIsRead() throws IOException {
    Instant time = Instant.parse("2020-01-02T03:04:05Z");
    twoLayers(fileSystem)
        .annotation("a", "1")
        .label("l", "m")
        .created(time)
        .platform("linux", "arm64")
        .writeTo(layout, "v1");
    StoredImage image = layout.find("v1");
    image.verify();
    assertEquals(Map.of("a", "1"), image.annotations());
    assertEquals(Map.of("l", "m"), image.labels());
    assertEquals(time.toString(), image.created().orElseThrow());
    assertEquals("linux/arm64", image.platform());
    assertEquals(image.digest(), layout.find(image.digest()).digest());
  }

  @Test
  void layersComeBackAsTheyWere() throws IOException {
    StoredImage image = twoLayers(fileSystem).writeTo(layout, "v1");
    Path base = fileSystem.getPath("/base");
    Path increment = fileSystem.getPath("/increment");
    image.importLayer(0, importTo(base));
    image.importLayer(1, importTo(increment));
    assertEquals("the base", Files.readString(base.resolve("base")));
    assertEquals(300_000, Files.size(increment.resolve("increment")));
  }

  private static OciImport importTo(Path target) {
    return OciImport.to(target)
        .store(new PortableLayerStore())
        .marks(MarkNamespace.USER)
        .squashOwners();
  }

  /** The stored archive is right, but not the one that the configuration means. */
  @Test
  void importRefusesALayerThatTheConfigurationDoesNotMean() throws IOException {
    StoredImage image = twoLayers(fileSystem).writeTo(layout, "v1");
    String config = blob(image.config().digest());
    String swapped = config.replace(image.diffIds().get(0), image.diffIds().get(1));
    BrokenImages broken = new BrokenImages(layout);
    broken.replaceConfig(image, swapped.getBytes(UTF_8));
    Path target = fileSystem.getPath("/base");
    OverlayException e =
        assertThrows(
            OverlayException.class, () -> layout.find("v1").importLayer(0, importTo(target)));
    assertTrue(e.has(ProblemCode.ARCHIVE_DIGEST_WRONG), e.toString());
    assertFalse(Files.exists(target));
  }

  @Test
  void incrementSharesTheLayersOfItsBase() throws IOException {
    StoredImage base =
        OciImage.of(List.of(layer(fileSystem, "base", new byte[10]))).writeTo(layout, "v1");
    OciImage increment =
        OciImage.of(List.of(layer(fileSystem, "more", new byte[20]))).onTopOf(base);
    int before = content(directory).size();
    StoredImage here = increment.writeTo(layout, "v2");
    assertEquals(before + 3, content(directory).size(), "a layer, a configuration, a manifest");
    StoredImage elsewhere = increment.writeTo(another("/others"), "v2");
    elsewhere.verify();
    assertEquals(here.digest(), elsewhere.digest());
    assertEquals(base.layers().get(0), elsewhere.layers().get(0));
  }

  @Test
  void nameGoesToTheNewImageAndOthersStay() throws IOException {
    StoredImage first = twoLayers(fileSystem).writeTo(layout, "v1");
    twoLayers(fileSystem).writeTo(layout, "other");
    StoredImage second = twoLayers(fileSystem).label("l", "m").writeTo(layout, "v1");
    assertNotEquals(first.digest(), second.digest());
    assertEquals(List.of("other", "v1"), layout.names());
    assertEquals(second.digest(), layout.find("v1").digest());
    assertEquals(first.digest(), layout.find("other").digest());
  }

  @Test
  void indexKeepsWhatOnlyOtherProgramsKnow() throws IOException {
    twoLayers(fileSystem).writeTo(layout, "v1");
    Path index = directory.resolve("index.json");
    String foreign =
        Files.readString(index)
            .replace("\"schemaVersion\":2", "\"schemaVersion\":2,\"x\":[1.5e3,null,true,{}]")
            .replace("\"annotations\":{", "\"platform\":{\"os\":\"linux\"},\"annotations\":{");
    Files.writeString(index, foreign);
    twoLayers(fileSystem).label("l", "m").writeTo(layout, "v2");
    String changed = Files.readString(index);
    assertTrue(changed.contains("\"x\":[1.5E+3,null,true,{}]"), changed);
    assertTrue(changed.contains("\"platform\":{\"os\":\"linux\"}"), changed);
  }

  @Test
  void failedExportLeavesNothing() throws IOException {
    OciLayer missing =
        OciLayer.of(fileSystem.getPath("/missing"), MarkNamespace.USER)
            .store(new PortableLayerStore());
    OciImage image = OciImage.of(List.of(layer(fileSystem, "base", new byte[10]), missing));
    assertThrows(OverlayException.class, () -> image.writeTo(layout, "v1"));
    assertFalse(Files.exists(directory));
    Files.createDirectory(directory);
    assertThrows(OverlayException.class, () -> image.writeTo(layout, "v1"));
    twoLayers(fileSystem).writeTo(layout, "v1");
    Map<String, String> before = content(directory);
    OciImage another = OciImage.of(List.of(layer(fileSystem, "new", new byte[11]), missing));
    assertThrows(OverlayException.class, () -> another.writeTo(layout, "v1"));
    assertEquals(before, content(directory));
  }

  @Test
  void directoryOfSomethingElseIsRefused() throws IOException {
    Files.createDirectory(directory);
    Files.writeString(directory.resolve("mine"), "mine");
    OverlayException e =
        assertThrows(OverlayException.class, () -> twoLayers(fileSystem).writeTo(layout, "v1"));
    assertTrue(e.has(ProblemCode.ARCHIVE_TARGET_EXISTS), e.toString());
    assertEquals(Set.of("", "mine"), content(directory).keySet());
  }

  /** A killed writer leaves an unnamed file or an empty marker. */
  @Test
  void leftoversOfAKilledWriterGo() throws IOException {
    Files.createDirectory(directory);
    Files.writeString(directory.resolve("oci-layout"), "");
    twoLayers(fileSystem).writeTo(layout, "v1");
    Map<String, String> before = content(directory);
    Files.writeString(directory.resolve(".overlays-blob-1"), "half");
    twoLayers(fileSystem).writeTo(layout, "v1");
    assertEquals(before, content(directory));
  }

  @Test
  void damagedBlobIsWrittenAgain() throws IOException {
    StoredImage image = twoLayers(fileSystem).writeTo(layout, "v1");
    Map<String, String> before = content(directory);
    Files.writeString(new BrokenImages(layout).file(image.layers().get(0).digest()), "damaged");
    twoLayers(fileSystem).writeTo(layout, "v1");
    assertEquals(before, content(directory));
  }

  @Test
  void writersAtTheSameTimeLoseNoImage() throws Exception {
    List<OciImage> images = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      images.add(twoLayers(fileSystem).label("number", String.valueOf(i)));
    }
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<StoredImage>> written = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      OciImage image = images.get(i);
      String name = "v" + i;
      written.add(threads.submit(() -> image.writeTo(layout, name)));
    }
    for (Future<StoredImage> image : written) {
      image.get().verify();
    }
    threads.shutdown();
    assertEquals(12, new HashSet<>(layout.names()).size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-v1", "v1-", "a..b", "a b", "\u00fc", "a:"})
  void wrongNamesAreRefused(String name) {
    assertThrows(
        IllegalArgumentException.class, () -> OciImage.of(List.of()).writeTo(layout, name));
    assertFalse(Files.exists(directory));
  }
}
