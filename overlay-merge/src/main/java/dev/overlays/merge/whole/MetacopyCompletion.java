package dev.overlays.merge.whole;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.EntryCopier;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.MovedEntryCounter;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.TreePlace;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.util.List;
import java.util.Optional;

/**
 * Gives a metacopy file of the upper its data: one rename replaces it by a file with its attributes
 * and the data of a layer below. Where that data has another size than the file states, because
 * somebody has changed the layer below, the file ends with what a reader of the view gets.
 */
public final class MetacopyCompletion {
  private final LayerChanges changes;
  private final MarkNamespace marks;
  private final DirectoryTimes times;
  private final StagingDirectory staging;
  private final MovedEntryCounter moved;
  private final boolean renames;
  private boolean hasCrossed;

  /**
   * Makes a completion.
   *
   * @param staging the directory for copies, beside the upper
   * @param renames whether files of the first lower can be renamed into the upper
   */
  public MetacopyCompletion(
      LayerChanges changes,
      MarkNamespace marks,
      DirectoryTimes times,
      StagingDirectory staging,
      MovedEntryCounter moved,
      boolean renames) {
    this.changes = changes;
    this.marks = marks;
    this.times = times;
    this.staging = staging;
    this.moved = moved;
    this.renames = renames;
  }

  /**
   * Completes a file.
   *
   * @param below the directory below the file's
   * @param source the place of the data in the layers below
   * @param mayMove whether the data can be moved, because nothing else shows it
   */
  void completeFile(
      LayerDirectory directory,
      Name name,
      EntryStat stat,
      MergedDirectory below,
      TreePlace source,
      boolean mayMove)
      throws IOException {
    boolean isThere =
        below.findData(
            directory,
            name,
            (layer, lower, found, data) -> {
              if (stat.links() > 1) {
                completeInPlace(directory, name, stat, lower, found);
              } else if (mayMove && renames && layer == 0 && data.links() == 1) {
                changes.copyAttributes(directory, name, stat, lower, found);
                keepProtection(directory, name, lower, found);
                if (tryRename(lower, found, directory, name)) {
                  moved.countDeleted(directory, name, data.type(), source);
                } else {
                  hasCrossed = true;
                  replaceByCopy(
                      directory, name, stat, new EntryCopier.CopySource(lower, found, data));
                }
              } else {
                replaceByCopy(
                    directory, name, stat, new EntryCopier.CopySource(lower, found, data));
              }
            });
    if (!isThere) {
      throw MissingData.of(directory, name);
    }
  }

  /**
   * Whether something was copied within one file system, so that the copies have to be synced
   * before the lower loses the originals.
   */
  public boolean hasCrossed() {
    return hasCrossed;
  }

  private boolean tryRename(LayerDirectory lower, Name found, LayerDirectory directory, Name name)
      throws IOException {
    try {
      changes.renameEntry(lower, found, directory, name);
      return true;
    } catch (AtomicMoveNotSupportedException e) {
      return false;
    }
  }

  private void replaceByCopy(
      LayerDirectory directory, Name name, EntryStat stat, EntryCopier.CopySource data)
      throws IOException {
    EntryCopier.CopySource attributes = new EntryCopier.CopySource(directory, name, stat);
    Name copy = new EntryCopier(changes).copyEntry(data, attributes, staging);
    staging.openDirectory().syncFile(copy);
    keepProtection(directory, name, staging.openDirectory(), copy);
    if (!tryRename(staging.openDirectory(), copy, directory, name)) {
      completeInPlace(directory, name, stat, data.directory(), data.name());
    }
  }

  /** Keeps the only mark of the file that shows in the view. */
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
   * Copies the data into the file itself, since a file with several names cannot be replaced by one
   * rename. Until the mark is removed, the view shows the data of the layer below. The time is
   * restored before that.
   */
  private void completeInPlace(
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
