package dev.overlays.merge.shared;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.run.DirectoryMarks;
import dev.overlays.merge.run.EntrySelection;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What one instance shows at one place of the view. It need not be a directory.
 *
 * @param upper the path of its upper
 * @param isToBeMerged whether this upper is to be merged
 * @param ownDirectory the directory of the upper; null if it has none
 * @param below what is merged below it
 * @param sameAsLower whether {@code below} is everything that the lowers have at this place,
 *     possibly nothing, because the place is neither renamed nor hidden
 * @param selection the entries that are looked at
 * @param marks the namespace of the marks
 */
record InstancePlace(
    Path upper,
    boolean isToBeMerged,
    LayerDirectory ownDirectory,
    MergedDirectory below,
    boolean sameAsLower,
    EntrySelection selection,
    MarkNamespace marks)
    implements Closeable {

  boolean showsDirectory() {
    return ownDirectory != null || !below.isInNoLayer();
  }

  /** Returns what it shows under a name; empty if the name is not selected. */
  Optional<InstanceEntry> entryOf(Name name) throws IOException {
    if (selection.selectionBelow(name).takesNothing()) {
      return Optional.empty();
    }
    Optional<EntryStat> stat = ownDirectory == null ? Optional.empty() : ownDirectory.stat(name);
    if (stat.isPresent()) {
      return Optional.of(ownEntry(name, stat.get()));
    }
    return Optional.of(
        below
            .findShown(name)
            .map(
                shown ->
                    new InstanceEntry(
                        this, name, inheritedState(), shown.directory(), shown.stat()))
            .orElseGet(() -> absentEntry(name)));
  }

  private InstanceEntry.EntryState inheritedState() {
    return sameAsLower ? InstanceEntry.EntryState.LOWER : InstanceEntry.EntryState.OWN;
  }

  private InstanceEntry absentEntry(Name name) {
    return new InstanceEntry(this, name, InstanceEntry.EntryState.NOTHING, null, null);
  }

  private InstanceEntry ownEntry(Name name, EntryStat stat) throws IOException {
    if (LayerEntries.isWhiteout(ownDirectory, name, stat, marks)) {
      return absentEntry(name);
    }
    boolean merges =
        stat.isDirectory()
            && sameAsLower
            && DirectoryMarks.isTransparent(ownDirectory, name, marks)
            && below.findShown(name).filter(shown -> shown.stat().isDirectory()).isPresent();
    InstanceEntry.EntryState state =
        merges ? InstanceEntry.EntryState.MERGED : InstanceEntry.EntryState.OWN;
    return new InstanceEntry(this, name, state, ownDirectory, stat);
  }

  /**
   * Whether it differs from the lowers under a name: by an entry or a whiteout of its own, or by a
   * rename.
   */
  boolean changesName(Name name) throws IOException {
    return !selection.selectionBelow(name).takesNothing()
        && ((ownDirectory != null && ownDirectory.stat(name).isPresent())
            || (!sameAsLower && below.findShown(name).isPresent()));
  }

  /** Iterates over names, each once. */
  @FunctionalInterface
  interface NameCursor {
    /** Returns the next name; null at the end. */
    Name nextName() throws IOException;
  }

  /** Iterates over the names for which {@link #changesName} is true. */
  NameCursor changedNames() throws IOException {
    EntryCursor ownNames = ownDirectory == null ? () -> null : ownDirectory.entries();
    MergedDirectory.ShownCursor inherited = sameAsLower ? () -> null : below.shownEntries();
    return () -> {
      Name name = nextOwn(ownNames);
      return name == null ? nextInherited(inherited) : name;
    };
  }

  private Name nextOwn(EntryCursor entries) throws IOException {
    LayerEntry entry = entries.next();
    while (entry != null && selection.selectionBelow(entry.name()).takesNothing()) {
      entry = entries.next();
    }
    return entry == null ? null : entry.name();
  }

  private Name nextInherited(MergedDirectory.ShownCursor entries) throws IOException {
    for (var shown = entries.nextShown(); shown != null; shown = entries.nextShown()) {
      Name name = shown.name();
      boolean hidden = ownDirectory != null && ownDirectory.stat(name).isPresent();
      if (!hidden && !selection.selectionBelow(name).takesNothing()) {
        return name;
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    try (below;
        ownDirectory) {
      // Closes both, even if one of them throws.
    }
  }
}
