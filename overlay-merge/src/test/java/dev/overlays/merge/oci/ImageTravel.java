package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.image.OciImage;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Writes an image and asks a registry that does not exist, in the class loader of this class.
 * Returns the result of each as a line.
 */
public final class ImageTravel implements Callable<String> {
  private final OciCompression compression;

  /** Makes a journey with a compression. */
  public ImageTravel(String compression) {
    this.compression = OciCompression.valueOf(compression);
  }

  @Override
  public String call() throws Exception {
    try (FileSystem fileSystem = InMemoryFileSystems.create()) {
      return writeImage(fileSystem) + '\n' + askRegistry();
    }
  }

  private String writeImage(FileSystem fileSystem) throws IOException {
    Path layer = Files.createDirectory(fileSystem.getPath("/layer"));
    OciLayer exported =
        OciLayer.of(layer, MarkNamespace.USER)
            .store(new PortableLayerStore())
            .compression(compression);
    Path directory = fileSystem.getPath("/images");
    try {
      OciImage.of(List.of(exported)).writeTo(OciLayout.at(directory), "v1").verify();
      return "works";
    } catch (OverlayException e) {
      return Files.exists(directory) ? "something is left" : e.getMessage();
    }
  }

  private static String askRegistry() {
    try {
      OciRegistry.of("127.0.0.1:1/none").credentialFiles(List.of()).digest();
      return "answers";
    } catch (OverlayException e) {
      return e.getMessage();
    }
  }
}
