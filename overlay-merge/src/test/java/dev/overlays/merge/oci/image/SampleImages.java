package dev.overlays.merge.oci.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Images of two small layers in memory, and what a directory holds afterwards. */
public final class SampleImages {
  private SampleImages() {}

  /** Makes an uncompressed layer with one file, the same at any time. */
  public static OciLayer layer(FileSystem fileSystem, String name, byte[] content)
      throws IOException {
    Path layer = Files.createDirectories(fileSystem.getPath("/layers/" + name));
    Files.write(layer.resolve(name), content);
    for (Path path : List.of(layer.resolve(name), layer)) {
      Files.setLastModifiedTime(path, FileTime.fromMillis(1_000_000));
    }
    return OciLayer.of(layer, MarkNamespace.USER)
        .store(new PortableLayerStore())
        .compression(OciCompression.NONE);
  }

  /** Describes an image of a base and an increment. */
  public static OciImage twoLayers(FileSystem fileSystem) throws IOException {
    return OciImage.of(
        List.of(
            layer(fileSystem, "base", "the base".getBytes(UTF_8)),
            layer(fileSystem, "increment", new byte[300_000])));
  }

  /** Returns all files below a directory with their bytes as text; none if it does not exist. */
  public static SortedMap<String, String> content(Path directory) throws IOException {
    SortedMap<String, String> files = new TreeMap<>();
    if (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        for (Path path : (Iterable<Path>) paths::iterator) {
          boolean isFile = Files.isRegularFile(path);
          files.put(
              directory.relativize(path).toString(),
              isFile ? new String(Files.readAllBytes(path), ISO_8859_1) : "a directory");
        }
      }
    }
    return files;
  }
}
