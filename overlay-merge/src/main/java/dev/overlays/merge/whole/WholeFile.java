package dev.overlays.merge.whole;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.FileCopy;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedAway;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.util.List;
import java.util.Optional;

/**
 * Makes a metacopy file of the upper whole: a file with its attributes and the data of a layer
 * below takes its place in one rename.
 */
public final class WholeFile {
  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final DirectoryTimes times;
  private final StagingDirectory staging;
  private final MovedAway moved;
  private final boolean renames;
  private boolean crossed;

  /**
   * Makes it.
   *
   * @param staging beside the upper
   * @param renames whether files of the first lower can be moved into the upper
   */
  public WholeFile(
      LayerChanges changes,
      MarkNamespace marks,
      DirectoryTimes times,
      StagingDirectory staging,
      MovedAway moved,
      boolean renames) {
    this.changes = changes;
    this.marks = marks;
    this.times = times;
    this.staging = staging;
    this.moved = moved;
    this.renames = renames;
  }

  /**
   * Makes a file whole.
   *
   * @param below what is merged below its directory
   * @param source where the layers below have the data
   * @param mayMove whether nothing else shows the data, so that it can be moved
   */
  void makeWhole(
      LayerDirectory directory,
      Name name,
      EntryStat stat,
      MergedDirectory below,
      ViewPlace source,
      boolean mayMove)
      throws IOException {
    boolean isThere =
        below.data(
            directory,
            name,
            (layer, lower, found, data) -> {
              if (stat.links() > 1) {
                inPlace(directory, name, stat, lower, found);
              } else if (mayMove && renames && layer == 0 && data.links() == 1) {
                changes.copyAttributes(directory, name, stat, lower, found);
                keepProtection(directory, name, lower, found);
                if (isRenamed(lower, found, directory, name)) {
                  moved.countEntry(directory, name, data.type(), source);
                } else {
                  crossed = true;
                  replaceFile(directory, name, stat, new FileCopy.CopySource(lower, found, data));
                }
              } else {
                replaceFile(directory, name, stat, new FileCopy.CopySource(lower, found, data));
              }
            });
    if (!isThere) {
      throw MissingData.of(directory, name);
    }
  }

  /** Whether something was copied inside one file system, so that the copies have to last first. */
  public boolean hasCrossed() {
    return crossed;
  }

  private boolean isRenamed(LayerDirectory lower, Name found, LayerDirectory directory, Name name)
      throws IOException {
    try {
      changes.renameEntry(lower, found, directory, name);
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      return false;
    }
  }

  private void replaceFile(
      LayerDirectory directory, Name name, EntryStat stat, FileCopy.CopySource data)
      throws IOException {
    FileCopy.CopySource attributes = new FileCopy.CopySource(directory, name, stat);
    Name copy = new FileCopy(changes).copyFile(data, attributes, staging);
    staging.openDirectory().syncFile(copy);
    keepProtection(directory, name, staging.openDirectory(), copy);
    if (!isRenamed(staging.openDirectory(), copy, directory, name)) {
      inPlace(directory, name, stat, data.directory(), data.name());
    }
  }

  /** The one mark of the file that the view shows something of. */
  private void keepProtection(
      LayerDirectory directory, Name name, LayerDirectory target, Name newName) throws IOException {
    Optional<byte[]> value = directory.xattr(name, Mark.PROTATTR.xattr(marks));
    if (value.isPresent()) {
      changes.setMark(target, newName, Mark.PROTATTR, value.get());
    } else {
      changes.removeMark(target, newName, Mark.PROTATTR);
    }
  }

  /**
   * A file with several names cannot be replaced at once, so it gets the data itself. Until the
   * mark is gone the view shows the data of the layer below; its time is put right before.
   */
  private void inPlace(
      LayerDirectory directory, Name name, EntryStat stat, LayerDirectory lower, Name source)
      throws IOException {
    EntryStat before = times.rememberTime(directory, name, stat);
    lower.copyData(source, directory, name);
    changes.setTimes(directory, name, before);
    directory.syncFile(name);
    for (Mark mark : List.of(Mark.METACOPY, Mark.REDIRECT, Mark.MERGE_TIME)) {
      directory.removeXattr(name, mark.xattr(marks));
    }
  }
}
