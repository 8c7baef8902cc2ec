package dev.overlays.linux.replay;

import dev.overlays.OverlaySpec;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.replay.ComparedSide;
import dev.overlays.testkit.replay.KnownDifference;
import dev.overlays.testkit.union.UnionFileSystem;
import dev.overlays.testkit.union.UnionFileSystems;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;

/** The union file system over the layers in a directory. */
record UnionSide(Path directory, LayerStore store, Set<KnownDifference> knownDifferences)
    implements ComparedSide {

  @Override
  public OpenedView open(OverlaySpec spec) throws IOException {
    UnionFileSystem fileSystem = UnionFileSystems.open(spec, store);
    return new OpenedView() {
      @Override
      public Path root() {
        return fileSystem.getPath("/");
      }

      @Override
      public void close() throws IOException {
        fileSystem.close();
      }
    };
  }

  @Override
  public String toString() {
    return "union";
  }
}
