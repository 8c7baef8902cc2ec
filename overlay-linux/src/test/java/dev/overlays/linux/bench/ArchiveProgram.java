package dev.overlays.linux.bench;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.value.OciCompression;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** An export or an import as a program, as a script would start it. */
public final class ArchiveProgram {
  private ArchiveProgram() {}

  /**
   * Takes {@code export}, the layer, the archive, the number of workers and the compression; or
   * {@code import}, the archive, the new layer and the number of workers.
   */
  public static void main(String[] args) throws IOException {
    Path from = Path.of(args[1]);
    Path to = Path.of(args[2]);
    int workers = Integer.parseInt(args[3]);
    if (args[0].equals("export")) {
      try (OutputStream out = Files.newOutputStream(to)) {
        OciLayer layer = OciLayer.of(from, MarkNamespace.TRUSTED).workers(workers);
        System.out.println(layer.compression(OciCompression.valueOf(args[4])).writeTo(out));
      }
    } else {
      try (InputStream in = Files.newInputStream(from)) {
        System.out.println(OciImport.to(to).workers(workers).run(in));
      }
    }
  }
}
