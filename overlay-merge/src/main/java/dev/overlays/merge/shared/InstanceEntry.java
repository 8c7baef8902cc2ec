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
 * @param instance whose it is
 * @param name the name
 * @param state how the instance comes to it
 * @param directory where it is; null if nothing is shown
 * @param stat what it is; null if nothing is shown
 */
record InstanceEntry(
    InstanceDirectory instance,
    Name name,
    EntryState state,
    LayerDirectory directory,
    EntryStat stat) {

  /** How an instance comes to what it shows. */
  enum EntryState {
    /** As the lowers have it there. */
    LOWER,
    /** A directory of its own merged with the lowers'. */
    MERGED,
    /** Its own, or what it has renamed. */
    OWN,
    /** It shows nothing. */
    NOTHING
  }

  boolean isDirectory() {
    return stat != null && stat.isDirectory();
  }

  /** Whether the upper has the entry that is shown. */
  boolean isOwn() {
    return directory != null && directory == instance.own();
  }

  /** Whether it is what the lowers have there, if only in part. */
  boolean showsLower() {
    return state == EntryState.LOWER || state == EntryState.MERGED;
  }

  /** Opens the directory that is shown; if none is, the instance shows nothing in it either. */
  InstanceDirectory open() throws IOException {
    if (!isDirectory()) {
      return innerDirectory(null, instance.below().nothing(), false);
    }
    if (!isOwn()) {
      return innerDirectory(null, instance.below().open(name), instance.natural());
    }
    MergedDirectory below = instance.below().below(directory, name);
    try {
      return innerDirectory(directory.open(name), below, state == EntryState.MERGED || isNew());
    } catch (IOException | RuntimeException e) {
      try (below) {
        throw e;
      }
    }
  }

  /** Whether a directory of its own hides nothing of the lowers, and shows nothing of them. */
  private boolean isNew() throws IOException {
    return instance.natural()
        && instance.below().find(name).filter(old -> old.stat().isDirectory()).isEmpty()
        && (LayerEntries.isOpaque(directory, name, instance.marks())
            || directory.xattr(name, Mark.REDIRECT.xattr(instance.marks())).isEmpty());
  }

  private InstanceDirectory innerDirectory(
      LayerDirectory own, MergedDirectory below, boolean natural) {
    return new InstanceDirectory(
        instance.upper(),
        instance.merging(),
        own,
        below,
        natural,
        instance.selection().selectionBelow(name),
        instance.marks());
  }

  /** Looks for the data of a file. */
  void findData(LookupVisitor hit) throws IOException {
    if (!isOwn()) {
      instance.below().data(name, hit);
    } else if (directory.xattr(name, Mark.METACOPY.xattr(instance.marks())).isPresent()) {
      instance.below().data(directory, name, hit);
    } else {
      hit.found(0, directory, name, stat);
    }
  }
}
