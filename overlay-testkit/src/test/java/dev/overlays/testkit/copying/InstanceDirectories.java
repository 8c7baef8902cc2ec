package dev.overlays.testkit.copying;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.AttributeCopy;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Makes what is missing of an instance. */
final class InstanceDirectories {
  private InstanceDirectories() {}

  static void make(OverlaySpec spec, CopyBackend.Undo undo) throws IOException {
    if (spec.instance().isEmpty()) {
      return;
    }
    make(spec.instance().get(), undo);
    make(spec.work().orElseThrow(), undo);
    make(spec.mountPoint().orElseThrow(), undo);
    Path upper = spec.upper().orElseThrow();
    if (make(upper, undo)) {
      Path lower = spec.lowers().get(0);
      try (LayerDirectory from = LayerStore.of(lower).open(lower);
          LayerDirectory to = LayerStore.of(upper).open(upper)) {
        AttributeCopy.copy(from, Name.SELF, to, Name.SELF, CopyBackend.MARKS);
      }
    }
  }

  private static boolean make(Path directory, CopyBackend.Undo undo) throws IOException {
    if (Files.isDirectory(directory)) {
      return false;
    }
    Files.createDirectory(directory);
    undo.add(() -> Files.delete(directory));
    return true;
  }
}
