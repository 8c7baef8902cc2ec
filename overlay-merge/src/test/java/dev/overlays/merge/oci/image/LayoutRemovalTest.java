package dev.overlays.merge.oci.image;

import static dev.overlays.merge.oci.image.SampleImages.content;
import static dev.overlays.merge.oci.image.SampleImages.layer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.registry.RegistryInMemory;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images and blobs that are removed from a layout, and those that must stay. */
class LayoutRemovalTest {
  @AutoClose private final FileSystem fileSystem = InMemoryFileSystems.create();
  private final Path directory = fileSystem.getPath("/images");
  private final OciLayout layout = OciLayout.at(directory);
  private StoredImage first;
  private StoredImage second;

  @BeforeEach
  void writeImages() throws IOException {
    first = SampleImages.twoLayers(fileSystem).writeTo(layout, "first");
    second =
        OciImage.of(List.of(layer(fileSystem, "more", "more".getBytes(UTF_8))))
            .onTopOf(first)
            .writeTo(layout, "second");
  }

  private List<Path> blobs() throws IOException {
    try (Stream<Path> files = Files.list(directory.resolve("blobs/sha256"))) {
      return files.sorted().toList();
    }
  }

  private Path blob(String digest) {
    return directory.resolve("blobs").resolve(digest.replace(':', '/'));
  }

  @Test
  void layersOfOtherImagesStay() throws IOException {
    assertTrue(layout.removeImage("first"));
    assertEquals(List.of("second"), layout.names());
    long before = blobs().size();
    long freed = first.manifest().size() + first.config().size();
    assertEquals(freed, layout.removeUnnamedBlobs());
    assertEquals(before - 2, blobs().size());
    second.verify();
    assertTrue(layout.removeImage(second.digest()));
    layout.removeUnnamedBlobs();
    assertEquals(List.of(), blobs());
    assertEquals(List.of(), layout.names());
  }

  @Test
  void nothingIsRemovedWhileEveryImageHasAName() throws IOException {
    Map<String, String> before = content(directory);
    assertFalse(layout.removeImage("third"));
    assertEquals(0, layout.removeUnnamedBlobs());
    assertEquals(before, content(directory));
  }

  @Test
  void imageThatLosesItsNameToAnotherIsRemoved() throws IOException {
    OciImage.of(List.of()).writeTo(layout, "second");
    layout.removeUnnamedBlobs();
    first.verify();
    assertFalse(Files.exists(blob(second.layers().get(2).digest())));
  }

  /** Other programs keep lists of images, whose manifests no name has. */
  @Test
  void imagesOfAListStay() throws IOException {
    String list =
        "{\"schemaVersion\":2,\"x\":null,\"manifests\":[{\"digest\":\"%s\",\"size\":%d,"
                .formatted(first.digest(), first.manifest().size())
            + "\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\"}]}";
    String digest = RegistryInMemory.digest(list.getBytes(UTF_8));
    Files.writeString(blob(digest), list);
    Files.writeString(
        directory.resolve("index.json"),
        "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"%s\",\"size\":%d,"
                .formatted(digest, list.length())
            + "\"mediaType\":\"application/vnd.oci.image.index.v1+json\"}]}");
    layout.removeUnnamedBlobs();
    assertEquals(first.layers().size() + 3, blobs().size());
    first.verify();
  }

  @Test
  void damagedDocumentRemovesNothing() throws IOException {
    layout.removeImage("second");
    Files.write(blob(first.digest()), new byte[(int) first.manifest().size()]);
    Map<String, String> before = content(directory);
    OverlayException e = assertThrows(OverlayException.class, layout::removeUnnamedBlobs);
    assertEquals(ProblemCode.IMAGE_BLOB_WRONG, e.problems().get(0).code(), e.toString());
    assertEquals(before, content(directory));
  }

  @Test
  void directoryOfAnythingElseIsRefused() throws IOException {
    Path other = Files.createDirectory(fileSystem.getPath("/other"));
    Files.writeString(other.resolve("file"), "x");
    OciLayout none = OciLayout.at(other);
    OverlayException e = assertThrows(OverlayException.class, none::removeUnnamedBlobs);
    assertEquals(ProblemCode.IMAGE_NOT_FOUND, e.problems().get(0).code(), e.toString());
    assertThrows(OverlayException.class, () -> none.removeImage("first"));
    assertEquals(Map.of("", "a directory", "file", "x"), content(other));
  }
}
