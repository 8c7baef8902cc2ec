package dev.overlays.merge.shared;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LookupVisitor;
import dev.overlays.lookup.MergedDirectory;
import java.io.IOException;

/**
 * What one instance shows under a name.
 *
 * @param instance what the instance shows of the directory around it
 * @param name the name of the entry
 * @param state where the instance has it from
 * @param directory the directory that holds it; null if nothing is shown
 * @param stat the state of the entry; null if nothing is shown
 */
record InstanceEntry(
    InstancePlace instance, Name name, EntryState state, LayerDirectory directory, EntryStat stat) {

  /** Where an instance has an entry from. */
  enum EntryState {
    /** The lowers have it at the same place. */
    LOWER,
    /** The upper's directory is merged with that of the lowers. */
    MERGED,
    /** It is the upper's own, or renamed. */
    OWN,
    /** The instance shows nothing. */
    NOTHING
  }

  boolean isDirectory() {
    return stat != null && stat.isDirectory();
  }

  /** Whether the upper holds the entry that is shown. */
  boolean isOwn() {
    return directory != null && directory == instance.ownDirectory();
  }

  /** Whether it shows what the lowers have there, at least in part. */
  boolean showsLower() {
    return state == EntryState.LOWER || state == EntryState.MERGED;
  }

  /** Opens the directory that is shown. If it is not a directory, the result shows nothing. */
  InstancePlace openDirectory() throws IOException {
    if (!isDirectory()) {
      return innerDirectory(null, instance.below().emptyDirectory(), false);
    }
    if (!isOwn()) {
      return innerDirectory(null, instance.below().openMerged(name), instance.sameAsLower());
    }
    MergedDirectory below = instance.below().below(directory, name);
    try {
      return innerDirectory(
          directory.open(name), below, state == EntryState.MERGED || isNewDirectory());
    } catch (IOException | RuntimeException e) {
      try (below) {
        throw e;
      }
    }
  }

  /** Whether a directory of the upper neither hides nor shows a directory of the lowers. */
  private boolean isNewDirectory() throws IOException {
    return instance.sameAsLower()
        && instance.below().findShown(name).filter(old -> old.stat().isDirectory()).isEmpty()
        && (LayerEntries.isOpaque(directory, name, instance.marks())
            || directory.xattr(name, Mark.REDIRECT.xattr(instance.marks())).isEmpty());
  }

  private InstancePlace innerDirectory(LayerDirectory own, MergedDirectory below, boolean natural) {
    return new InstancePlace(
        instance.upper(),
        instance.isToBeMerged(),
        own,
        below,
        natural,
        instance.selection().selectionBelow(name),
        instance.marks());
  }

  /** Finds the data of a file, and calls {@code hit} with it. */
  void findData(LookupVisitor hit) throws IOException {
    if (!isOwn()) {
      instance.below().findData(name, hit);
    } else if (directory.xattr(name, Mark.METACOPY.xattr(instance.marks())).isPresent()) {
      instance.below().findData(directory, name, hit);
    } else {
      hit.visitFound(0, directory, name, stat);
    }
  }
}
