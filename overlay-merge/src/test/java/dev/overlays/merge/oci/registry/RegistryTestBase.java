package dev.overlays.merge.oci.registry;

import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.image.SampleImages;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;

/** A registry in memory, and an image of two layers in a layout in memory. */
abstract class RegistryTestBase {
  @AutoClose final FileSystem fileSystem = InMemoryFileSystems.create();
  @AutoClose final RegistryInMemory registry;
  StoredImage image;

  RegistryTestBase() throws IOException {
    registry = new RegistryInMemory();
  }

  @BeforeEach
  void writeImage() throws IOException {
    image =
        SampleImages.twoLayers(fileSystem)
            .writeTo(OciLayout.at(fileSystem.getPath("/images")), "v1");
  }
}
