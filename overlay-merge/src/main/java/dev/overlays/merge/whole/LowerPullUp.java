package dev.overlays.merge.whole;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.EntryCopier;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedEntryCounter;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;

/**
 * Brings an entry of the layers below up into the upper without changing the view: by a rename from
 * the lower of the merge, by a copy from layers that must not change.
 */
public final class LowerPullUp {
  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final StagingDirectory staging;
  private final EntryCopier copies;
  private final MovedEntryCounter moved;
  private final boolean renames;
  private final boolean hasOneLower;
  private boolean hasProtected;
  private boolean hasCrossed;

  /**
   * Makes a pull-up.
   *
   * @param staging the directory for copies, beside the upper
   * @param renames whether entries of the first lower can be renamed into the upper
   * @param single whether there is only one lower, whose directories can be moved as a whole
   */
  public LowerPullUp(
      LayerChanges changes,
      MarkNamespace marks,
      StagingDirectory staging,
      MovedEntryCounter moved,
      boolean renames,
      boolean single) {
    this.changes = changes;
    this.marks = marks;
    this.staging = staging;
    this.copies = new EntryCopier(changes);
    this.moved = moved;
    this.renames = renames;
    this.hasOneLower = single;
  }

  /** Whether attributes of chattr(1) have become a mark. */
  public boolean hasProtected() {
    return hasProtected;
  }

  /**
   * Whether something was copied within one file system, so that the copies have to be synced
   * before the lower loses the originals.
   */
  public boolean hasCrossed() {
    return hasCrossed;
  }

  /**
   * Brings up the entry that the layers below show, and returns whether everything in it has come,
   * too.
   */
  boolean pullUp(
      LayerDirectory target,
      MergedDirectory below,
      MergedDirectory.ShownEntry shown,
      TreePlace source)
      throws IOException {
    Name name = shown.name();
    boolean directory = shown.stat().isDirectory();
    if (renames && shown.layer() == 0 && (hasOneLower || (!directory && !isMetacopy(shown)))) {
      if (!hasOneLower) {
        // The kernel ignores the mark in a lower, which may have been an upper before.
        changes.removeMark(shown.directory(), name, Mark.PROTATTR);
      }
      if (tryRename(target, shown, source)) {
        return true;
      }
      hasCrossed = true;
    }
    if (directory) {
      pullUpDirectory(target, shown);
    } else {
      pullUpFile(target, below, shown);
    }
    return !directory;
  }

  private boolean tryRename(
      LayerDirectory target, MergedDirectory.ShownEntry shown, TreePlace source)
      throws IOException {
    boolean known =
        target.canMoveFrom(shown.directory())
            && shown.stat().device() == LayerEntries.requireStat(target, Name.SELF).device();
    if (!known) {
      return false;
    }
    try {
      changes.renameEntry(shown.directory(), shown.name(), target, shown.name());
    } catch (AtomicMoveNotSupportedException e) {
      return false;
    }
    moved.countDeleted(target, shown.name(), shown.stat().type(), source);
    return true;
  }

  private boolean isMetacopy(MergedDirectory.ShownEntry shown) throws IOException {
    return shown.directory().xattr(shown.name(), Mark.METACOPY.xattr(marks)).isPresent();
  }

  /**
   * Creates an empty directory, which is merged with those below until their entries are pulled up,
   * too.
   */
  private void pullUpDirectory(LayerDirectory target, MergedDirectory.ShownEntry shown)
      throws IOException {
    LayerDirectory directory = staging.openDirectory();
    Name copy = staging.nextName();
    directory.createDirectory(copy);
    changes.copyAttributes(shown.directory(), shown.name(), shown.stat(), directory, copy);
    markProtection(directory, copy, shown);
    directory.rename(copy, target, shown.name());
  }

  private void pullUpFile(
      LayerDirectory target, MergedDirectory below, MergedDirectory.ShownEntry shown)
      throws IOException {
    Name copy = copyToStaging(below, shown);
    staging.openDirectory().rename(copy, target, shown.name());
  }

  /**
   * Copies an entry that is not a directory, with its data, and returns its name in the staging
   * directory.
   */
  Name copyToStaging(MergedDirectory below, MergedDirectory.ShownEntry shown) throws IOException {
    EntryCopier.CopySource source =
        new EntryCopier.CopySource(shown.directory(), shown.name(), shown.stat());
    Name[] copy = new Name[1];
    if (isMetacopy(shown)) {
      below.findData(
          shown.name(),
          (layer, directory, name, stat) ->
              copy[0] =
                  copies.copyEntry(
                      new EntryCopier.CopySource(directory, name, stat), source, staging));
    } else {
      copy[0] = copies.copyEntry(source, source, staging);
    }
    if (copy[0] == null) {
      throw MissingData.of(shown.directory(), shown.name());
    }
    markProtection(staging.openDirectory(), copy[0], shown);
    if (shown.stat().type() == dev.overlays.layer.EntryType.FILE) {
      staging.openDirectory().syncFile(copy[0]);
    }
    return copy[0];
  }

  /** Turns the attributes of chattr(1) of a lower's entry into a mark of the upper. */
  private void markProtection(LayerDirectory directory, Name copy, MergedDirectory.ShownEntry shown)
      throws IOException {
    String letters = (shown.stat().immutable() ? "i" : "") + (shown.stat().appendOnly() ? "a" : "");
    if (!letters.isEmpty()) {
      hasProtected = true;
      changes.setMark(
          directory,
          copy,
          Mark.PROTATTR,
          letters.getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
  }
}
