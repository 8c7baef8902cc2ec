package dev.overlays.merge.shared;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.run.MergeSelection;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What one instance shows of a directory of the view; it may be none.
 *
 * @param upper the path of its upper
 * @param merging whether that is to be merged
 * @param own its own directory; null if it has none
 * @param below what is merged below that
 * @param natural whether that is all that the lowers have at this place, be it nothing: neither
 *     renamed nor hidden
 * @param selection which of the entries are looked at
 * @param marks where marks are kept
 */
record InstanceDirectory(
    Path upper,
    boolean merging,
    LayerDirectory own,
    MergedDirectory below,
    boolean natural,
    MergeSelection selection,
    MarkNamespace marks)
    implements Closeable {

  boolean showsDirectory() {
    return own != null || !below.isNothing();
  }

  /** What it shows under a name; empty where that is not looked at. */
  Optional<InstanceEntry> entryOf(Name name) throws IOException {
    if (selection.selectionBelow(name).isNothing()) {
      return Optional.empty();
    }
    Optional<EntryStat> stat = own == null ? Optional.empty() : own.stat(name);
    if (stat.isPresent()) {
      return Optional.of(ownEntry(name, stat.get()));
    }
    return Optional.of(
        below
            .find(name)
            .map(
                shown ->
                    new InstanceEntry(
                        this, name, inheritedState(), shown.directory(), shown.stat()))
            .orElseGet(() -> nothingShown(name)));
  }

  private InstanceEntry.EntryState inheritedState() {
    return natural ? InstanceEntry.EntryState.LOWER : InstanceEntry.EntryState.OWN;
  }

  private InstanceEntry nothingShown(Name name) {
    return new InstanceEntry(this, name, InstanceEntry.EntryState.NOTHING, null, null);
  }

  private InstanceEntry ownEntry(Name name, EntryStat stat) throws IOException {
    if (LayerEntries.isWhiteout(own, name, stat, marks)) {
      return nothingShown(name);
    }
    boolean merges =
        stat.isDirectory()
            && natural
            && !LayerEntries.isOpaque(own, name, marks)
            && own.xattr(name, Mark.REDIRECT.xattr(marks)).isEmpty()
            && below.find(name).filter(shown -> shown.stat().isDirectory()).isPresent();
    InstanceEntry.EntryState state =
        merges ? InstanceEntry.EntryState.MERGED : InstanceEntry.EntryState.OWN;
    return new InstanceEntry(this, name, state, own, stat);
  }

  /** Whether it has something of its own under a name, be it a whiteout or what was renamed. */
  boolean hasEntry(Name name) throws IOException {
    return !selection.selectionBelow(name).isNothing()
        && ((own != null && own.stat(name).isPresent())
            || (!natural && below.find(name).isPresent()));
  }

  /** Gives names, each once. */
  @FunctionalInterface
  interface NameCursor {
    /** The next name; null at the end. */
    Name nextName() throws IOException;
  }

  /** Goes through the names of which {@link #hasEntry} is true. */
  NameCursor nameCursor() throws IOException {
    EntryCursor ownNames = own == null ? () -> null : own.entries();
    MergedDirectory.ShownCursor inherited = natural ? () -> null : below.entries();
    return () -> {
      Name name = nextOwn(ownNames);
      return name == null ? nextInherited(inherited) : name;
    };
  }

  private Name nextOwn(EntryCursor entries) throws IOException {
    LayerEntry entry = entries.next();
    while (entry != null && selection.selectionBelow(entry.name()).isNothing()) {
      entry = entries.next();
    }
    return entry == null ? null : entry.name();
  }

  private Name nextInherited(MergedDirectory.ShownCursor entries) throws IOException {
    for (var shown = entries.next(); shown != null; shown = entries.next()) {
      Name name = shown.name();
      boolean hidden = own != null && own.stat(name).isPresent();
      if (!hidden && !selection.selectionBelow(name).isNothing()) {
        return name;
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    try (below;
        own) {
      // Only to close both, whatever one of them throws.
    }
  }
}
