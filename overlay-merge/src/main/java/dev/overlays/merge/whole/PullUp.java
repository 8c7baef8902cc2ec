package dev.overlays.merge.whole;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.Changes;
import dev.overlays.merge.change.FileCopy;
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.Staging;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.Place;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/**
 * Brings an entry of the layers below up into the upper without changing the view: by a rename from
 * the lower of the merge, by a copy from layers that must not change.
 */
public final class PullUp {
  private final Changes changes;
  private final MarkNamespace marks;
  private final Staging staging;
  private final FileCopy copies;
  private final MovedAway moved;
  private final boolean renames;
  private final boolean single;
  private boolean protects;
  private boolean crossed;

  /**
   * Makes a pull-up.
   *
   * @param staging the directory for copies, beside the upper
   * @param renames whether entries of the first lower can be renamed into the upper
   * @param single whether there is only one lower
   */
  public PullUp(
      Changes changes,
      MarkNamespace marks,
      Staging staging,
      MovedAway moved,
      boolean renames,
      boolean single) {
    this.changes = changes;
    this.marks = marks;
    this.staging = staging;
    this.copies = new FileCopy(changes);
    this.moved = moved;
    this.renames = renames;
    this.single = single;
  }

  /** Whether attributes of chattr(1) have become a mark. */
  public boolean protects() {
    return protects;
  }

  /**
   * Whether something was copied within one file system, so that the copies have to be synced
   * before the lower loses the originals.
   */
  public boolean hasCrossed() {
    return crossed;
  }

  /**
   * Brings up the entry that the layers below show, and returns whether everything in it has come,
   * too.
   */
  boolean up(
      LayerDirectory target, MergedDirectory below, MergedDirectory.Shown shown, Place source)
      throws IOException {
    Name name = shown.name();
    boolean directory = shown.stat().isDirectory();
    if (renames && shown.layer() == 0 && (single || (!directory && !isMetacopy(shown)))) {
      if (!single) {
        // The kernel ignores the mark in a lower, which may have been an upper before.
        changes.removeMark(shown.directory(), name, Mark.PROTATTR);
      }
      if (isRenamed(target, shown, source)) {
        return true;
      }
      crossed = true;
    }
    if (directory) {
      directory(target, shown);
    } else {
      file(target, below, shown);
    }
    return !directory;
  }

  private boolean isRenamed(LayerDirectory target, MergedDirectory.Shown shown, Place source)
      throws IOException {
    boolean known =
        target.mayTakeFrom(shown.directory())
            && shown.stat().device() == LayerEntries.present(target, Name.SELF).device();
    if (!known) {
      return false;
    }
    try {
      changes.rename(shown.directory(), shown.name(), target, shown.name());
    } catch (AtomicMoveNotSupportedException e) {
      return false;
    }
    moved.count(target, shown.name(), shown.stat().type(), source);
    return true;
  }

  private boolean isMetacopy(MergedDirectory.Shown shown) throws IOException {
    return shown.directory().xattr(shown.name(), Mark.METACOPY.xattr(marks)).isPresent();
  }

  /**
   * Creates an empty directory, which is merged with those below until their entries are pulled up,
   * too.
   */
  private void directory(LayerDirectory target, MergedDirectory.Shown shown) throws IOException {
    LayerDirectory directory = staging.directory();
    Name copy = staging.next();
    directory.createDirectory(copy);
    changes.copyAttributes(shown.directory(), shown.name(), shown.stat(), directory, copy);
    protect(directory, copy, shown);
    directory.rename(copy, target, shown.name());
  }

  private void file(LayerDirectory target, MergedDirectory below, MergedDirectory.Shown shown)
      throws IOException {
    Name copy = copy(below, shown);
    staging.directory().rename(copy, target, shown.name());
  }

  /**
   * Copies an entry that is not a directory, with its data, and returns its name in the staging
   * directory.
   */
  Name copy(MergedDirectory below, MergedDirectory.Shown shown) throws IOException {
    FileCopy.Source source = new FileCopy.Source(shown.directory(), shown.name(), shown.stat());
    Name[] copy = new Name[1];
    if (isMetacopy(shown)) {
      below.data(
          shown.name(),
          (layer, directory, name, stat) ->
              copy[0] = copies.copy(new FileCopy.Source(directory, name, stat), source, staging));
    } else {
      copy[0] = copies.copy(source, source, staging);
    }
    if (copy[0] == null) {
      throw MissingData.of(shown.directory(), shown.name());
    }
    protect(staging.directory(), copy[0], shown);
    if (shown.stat().type() == dev.overlays.layer.EntryType.FILE) {
      staging.directory().syncFile(copy[0]);
    }
    return copy[0];
  }

  /** Turns the attributes of chattr(1) of a lower's entry into a mark of the upper. */
  private void protect(LayerDirectory directory, Name copy, MergedDirectory.Shown shown)
      throws IOException {
    String letters = (shown.stat().immutable() ? "i" : "") + (shown.stat().appendOnly() ? "a" : "");
    if (!letters.isEmpty()) {
      protects = true;
      changes.setMark(
          directory,
          copy,
          Mark.PROTATTR,
          letters.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
  }
}
