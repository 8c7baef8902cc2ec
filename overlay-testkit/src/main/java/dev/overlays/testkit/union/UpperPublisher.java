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
final class UpperPublisher {
  private final UnionLayers layers;
  private final StagingDirectory staging;

  UpperPublisher(UnionLayers layers) {
    this.layers = layers;
    staging = layers.stagingDirectory();
  }

  /**
   * Moves an entry over one that the view does not need any more: a whiteout, a file to be
   * replaced, or a directory that is shown empty. It takes one rename, or two if either entry is a
   * directory, because stores cannot exchange entries.
   */
  void putEntry(LayerDirectory from, Name name, LayerDirectory to, Name newName)
      throws IOException {
    Optional<EntryStat> old = to.stat(newName);
    boolean directory = LayerEntries.requireStat(from, name).isDirectory();
    if (old.isEmpty() || (!directory && !old.get().isDirectory())) {
      from.rename(name, to, newName);
      return;
    }
    Name taken = staging.takeEntry(to, newName);
    try {
      from.rename(name, to, newName);
    } catch (IOException | RuntimeException e) {
      staging.layerDirectory().rename(taken, to, newName);
      throw e;
    }
    staging.discardEntry(taken);
  }

  /** Moves a staged entry like {@link #putEntry}, and discards it if that fails. */
  void putStaged(Name staged, LayerDirectory to, Name newName) throws IOException {
    try {
      putEntry(staging.layerDirectory(), staged, to, newName);
    } catch (IOException | RuntimeException e) {
      staging.discardEntry(staged, e);
      throw e;
    }
  }

  /** Prepares a whiteout for a directory. */
  Name stageWhiteout(LayerDirectory target) throws IOException {
    allowMarkedWhiteouts(target);
    return staging.makeWhiteout();
  }

  /**
   * Marks the directory as one that has marked files as whiteouts; without that mark they do not
   * count.
   */
  private void allowMarkedWhiteouts(LayerDirectory target) throws IOException {
    if (layers.marksWhiteouts()
        && target.xattr(Name.SELF, layers.xattrName(Mark.OPAQUE)).isEmpty()) {
      setMark(target, Name.SELF, Mark.OPAQUE, "x");
    }
  }

  void makeOpaque(LayerDirectory directory, Name name) throws IOException {
    setMark(directory, name, Mark.OPAQUE, "y");
  }

  private void setMark(LayerDirectory directory, Name name, Mark mark, String value)
      throws IOException {
    directory.setXattr(name, layers.xattrName(mark), value.getBytes(StandardCharsets.US_ASCII));
  }
}
