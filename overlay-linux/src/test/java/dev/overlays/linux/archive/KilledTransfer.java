package dev.overlays.linux.archive;

import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.ChildJvm;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.image.OciImage;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program that writes images until it is killed, or is killed by itself during a pull. */
public final class KilledTransfer {
  private KilledTransfer() {}

  /**
   * Takes a layout, and either a layer to write images of, or a reference and after how many blobs
   * it dies.
   */
  public static void main(String[] args) throws IOException {
    OciLayout layout = OciLayout.at(Path.of(args[0]));
    if (args.length == 2) {
      writeForEver(layout, Path.of(args[1]));
    } else {
      int deadly = Integer.parseInt(args[2]);
      OciRegistry.of(args[1])
          .progress(
              done -> {
                if (done.blobs() == deadly) {
                  ChildJvm.killThis();
                }
              })
          .pull(layout, "pulled");
    }
  }

  private static void writeForEver(OciLayout layout, Path layer) throws IOException {
    for (int i = 0; true; i++) {
      Files.writeString(layer.resolve("number"), String.valueOf(i));
      OciImage.of(List.of(OciLayer.of(layer, MarkNamespace.TRUSTED))).writeTo(layout, "v" + i);
      if (i == 0) {
        System.out.println("end");
      }
    }
  }
}
