package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Puts entries into the upper in place of what is there, or a whiteout in place of an entry. */
final class UpperPublication {
  private final OpenLayers layers;
  private final WorkStaging staging;

  UpperPublication(OpenLayers layers) {
    this.layers = layers;
    staging = layers.staging();
  }

  /**
   * Moves an entry to a name under which the view shows nothing that would be missed: a whiteout, a
   * file to be replaced, a directory that is shown empty. One rename, unless a directory is on
   * either side, for which stores have no exchange.
   */
  void put(LayerDirectory from, Name name, LayerDirectory to, Name newName) throws IOException {
    Optional<EntryStat> old = to.stat(newName);
    boolean directory = LayerEntries.present(from, name).isDirectory();
    if (old.isEmpty() || (!directory && !old.get().isDirectory())) {
      from.rename(name, to, newName);
      return;
    }
    Name taken = staging.take(to, newName);
    try {
      from.rename(name, to, newName);
    } catch (IOException | RuntimeException e) {
      staging.directory().rename(taken, to, newName);
      throw e;
    }
    staging.discard(taken);
  }

  /** As {@link #put}, of what has been staged and goes again if that fails. */
  void putStaged(Name staged, LayerDirectory to, Name newName) throws IOException {
    try {
      put(staging.directory(), staged, to, newName);
    } catch (IOException | RuntimeException e) {
      staging.discard(staged, e);
      throw e;
    }
  }

  /** Makes a whiteout ready, for a directory in which it is going to be. */
  Name stageWhiteout(LayerDirectory target) throws IOException {
    allow(target);
    return staging.whiteout();
  }

  /** A whiteout that is a marked file counts where the directory says so. */
  private void allow(LayerDirectory target) throws IOException {
    if (layers.marksWhiteouts() && target.xattr(Name.SELF, layers.xattr(Mark.OPAQUE)).isEmpty()) {
      mark(target, Name.SELF, Mark.OPAQUE, "x");
    }
  }

  void makeOpaque(LayerDirectory directory, Name name) throws IOException {
    mark(directory, name, Mark.OPAQUE, "y");
  }

  private void mark(LayerDirectory directory, Name name, Mark mark, String value)
      throws IOException {
    directory.setXattr(name, layers.xattr(mark), value.getBytes(StandardCharsets.US_ASCII));
  }
}
