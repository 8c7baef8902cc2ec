package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Publishes entries and whiteouts in the upper, in place of what is there. */
final class UpperPublisher {
  private final UnionLayers layers;
  private final UnionStaging staging;

  UpperPublisher(UnionLayers layers) {
    this.layers = layers;
    staging = layers.stagingDirectory();
  }

  /** Moves the entry to its new name. */
  @FunctionalInterface
  private interface EntryMove {
    void moveTo(LayerDirectory directory, Name name) throws IOException;
  }

  /** Moves an entry of the upper to another place of the upper. */
  void putEntry(LayerDirectory from, Name name, boolean directory, ResolvedPath place)
      throws IOException {
    putOver(place, directory, (to, newName) -> from.rename(name, to, newName));
  }

  /** Moves a staged entry to a place of the upper, and discards it if that fails. */
  void putStaged(Name staged, boolean directory, ResolvedPath place) throws IOException {
    try {
      putOver(place, directory, (to, newName) -> staging.publishEntry(staged, to, newName));
    } catch (IOException | RuntimeException e) {
      staging.discardEntry(staged, e);
      throw e;
    }
  }

  /** Moves a staged entry to a name that the upper does not have, and discards it if that fails. */
  void putAtFreeName(Name staged, LayerDirectory to, Name newName) throws IOException {
    try {
      staging.publishEntry(staged, to, newName);
    } catch (IOException | RuntimeException e) {
      staging.discardEntry(staged, e);
      throw e;
    }
  }

  /**
   * Moves an entry over what the view does not need any more: a whiteout, a file to be replaced, or
   * a directory that is shown empty. It takes one rename, or two if either entry is a directory,
   * because stores cannot exchange entries.
   */
  private void putOver(ResolvedPath place, boolean directory, EntryMove move) throws IOException {
    LayerDirectory to = place.directory().upperDirectory();
    if (!place.found().inUpper() || (!directory && !place.found().isUpperDirectory())) {
      move.moveTo(to, place.name());
      return;
    }
    Name taken = staging.takeEntry(to, place.name());
    try {
      move.moveTo(to, place.name());
    } catch (IOException | RuntimeException e) {
      staging.publishEntry(taken, to, place.name());
      throw e;
    }
    staging.discardEntry(taken);
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
