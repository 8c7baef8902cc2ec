package dev.overlays.merge.whole;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.FileCopy;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/**
 * Brings an entry of the layers below up into the upper, where it shows as it did: from the lower
 * that is merged into by a rename, from layers that are not to be changed by a copy.
 */
public final class PullUp {
  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final StagingDirectory staging;
  private final FileCopy copies;
  private final MovedAway moved;
  private final boolean renames;
  private final boolean single;
  private boolean protects;
  private boolean crossed;

  /**
   * Makes it.
   *
   * @param staging beside the upper
   * @param renames whether entries of the first lower can be moved into the upper
   * @param single whether there is only one lower
   */
  public PullUp(
      LayerChanges changes,
      MarkNamespace marks,
      StagingDirectory staging,
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

  /** Whether something has become a mark for attributes of chattr(1). */
  public boolean protectsEntries() {
    return protects;
  }

  /** Whether something was copied inside one file system, so that the copies have to last first. */
  public boolean hasCrossed() {
    return crossed;
  }

  /**
   * Brings up what is shown at a place of the layers below, and tells whether all that is in it has
   * come, too.
   */
  boolean pullUpEntry(
      LayerDirectory target,
      MergedDirectory below,
      MergedDirectory.ShownEntry shown,
      ViewPlace source)
      throws IOException {
    Name name = shown.name();
    boolean directory = shown.stat().isDirectory();
    if (renames && shown.layer() == 0 && (single || (!directory && !isMetacopy(shown)))) {
      if (!single) {
        // The kernel ignores it in a lower, which may have been an upper before.
        changes.removeMark(shown.directory(), name, Mark.PROTATTR);
      }
      if (isRenamed(target, shown, source)) {
        return true;
      }
      crossed = true;
    }
    if (directory) {
      pullUpDirectory(target, shown);
    } else {
      pullUpFile(target, below, shown);
    }
    return !directory;
  }

  private boolean isRenamed(
      LayerDirectory target, MergedDirectory.ShownEntry shown, ViewPlace source)
      throws IOException {
    boolean known =
        target.mayTakeFrom(shown.directory())
            && shown.stat().device() == LayerEntries.present(target, Name.SELF).device();
    if (!known) {
      return false;
    }
    try {
      changes.renameEntry(shown.directory(), shown.name(), target, shown.name());
    } catch (AtomicMoveNotSupportedException e) {
      return false;
    }
    moved.countEntry(target, shown.name(), shown.stat().type(), source);
    return true;
  }

  private boolean isMetacopy(MergedDirectory.ShownEntry shown) throws IOException {
    return shown.directory().xattr(shown.name(), Mark.METACOPY.xattr(marks)).isPresent();
  }

  /** An empty directory, which is merged with those below until they are pulled up, too. */
  private void pullUpDirectory(LayerDirectory target, MergedDirectory.ShownEntry shown)
      throws IOException {
    LayerDirectory directory = staging.openDirectory();
    Name copy = staging.nextName();
    directory.createDirectory(copy);
    changes.copyAttributes(shown.directory(), shown.name(), shown.stat(), directory, copy);
    protectCopy(directory, copy, shown);
    directory.rename(copy, target, shown.name());
  }

  private void pullUpFile(
      LayerDirectory target, MergedDirectory below, MergedDirectory.ShownEntry shown)
      throws IOException {
    Name copy = copyEntry(below, shown);
    staging.openDirectory().rename(copy, target, shown.name());
  }

  /** Makes a whole copy of anything but a directory, and returns its name in the staging. */
  Name copyEntry(MergedDirectory below, MergedDirectory.ShownEntry shown) throws IOException {
    FileCopy.CopySource source =
        new FileCopy.CopySource(shown.directory(), shown.name(), shown.stat());
    Name[] copy = new Name[1];
    if (isMetacopy(shown)) {
      below.data(
          shown.name(),
          (layer, directory, name, stat) ->
              copy[0] =
                  copies.copyFile(new FileCopy.CopySource(directory, name, stat), source, staging));
    } else {
      copy[0] = copies.copyFile(source, source, staging);
    }
    if (copy[0] == null) {
      throw MissingData.of(shown.directory(), shown.name());
    }
    protectCopy(staging.openDirectory(), copy[0], shown);
    if (shown.stat().type() == dev.overlays.layer.EntryType.FILE) {
      staging.openDirectory().syncFile(copy[0]);
    }
    return copy[0];
  }

  /** The attributes of chattr(1) of a lower's entry become a mark in the upper. */
  private void protectCopy(LayerDirectory directory, Name copy, MergedDirectory.ShownEntry shown)
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
