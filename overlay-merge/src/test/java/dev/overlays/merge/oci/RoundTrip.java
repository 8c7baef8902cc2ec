package dev.overlays.merge.oci;

import dev.overlays.OverlayException;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

/**
 * Exports a layer and imports it again, in the class loader of this class. Returns the result of
 * each as a line.
 */
public final class RoundTrip implements Callable<String> {
  private static final byte[] EMPTY_FRAME = {
    0x28,
    (byte) 0xb5,
    0x2f,
    (byte) 0xfd,
    0x24,
    0,
    1,
    0,
    0,
    (byte) 0x99,
    (byte) 0xe9,
    (byte) 0xd8,
    0x51
  };

  private final OciCompression compression;

  /** Makes a round trip with a compression. */
  public RoundTrip(String compression) {
    this.compression = OciCompression.valueOf(compression);
  }

  @Override
  public String call() throws Exception {
    try (FileSystem fileSystem = InMemoryFileSystems.create()) {
      Path layer = Files.createDirectory(fileSystem.getPath("/layer"));
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      String there = exportInto(layer, out);
      byte[] archive = there.equals("works") ? out.toByteArray() : EMPTY_FRAME;
      return there + '\n' + importBack(layer.resolveSibling("back"), archive);
    }
  }

  private String exportInto(Path layer, ByteArrayOutputStream out) {
    try {
      OciLayer.of(layer, MarkNamespace.USER)
          .store(new PortableLayerStore())
          .compression(compression)
          .writeTo(out);
      return "works";
    } catch (OverlayException e) {
      return e.getMessage();
    }
  }

  private static String importBack(Path target, byte[] archive) {
    try {
      OciImport.to(target).store(new PortableLayerStore()).run(new ByteArrayInputStream(archive));
      return "works";
    } catch (OverlayException e) {
      return e.getMessage();
    }
  }
}
