package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Publishes entries and whiteouts in the upper, in place of what is there. */
final class UpperPublication {
  private final OpenLayers layers;
  private final WorkStaging staging;

  UpperPublication(OpenLayers layers) {
    this.layers = layers;
    staging = layers.staging();
  }

  /**
   * Moves an entry over one that the view does not need any more: a whiteout, a file to be
   * replaced, or a directory that is shown empty. It takes one rename, or two if either entry is a
   * directory, because stores cannot exchange entries.
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

  /** Moves a staged entry like {@link #put}, and discards it if that fails. */
  void putStaged(Name staged, LayerDirectory to, Name newName) throws IOException {
    try {
      put(staging.directory(), staged, to, newName);
    } catch (IOException | RuntimeException e) {
      staging.discard(staged, e);
      throw e;
    }
  }

  /** Prepares a whiteout for a directory. */
  Name stageWhiteout(LayerDirectory target) throws IOException {
    allow(target);
    return staging.whiteout();
  }

  /**
   * Marks the directory as one that has marked files as whiteouts; without that mark they do not
   * count.
   */
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
