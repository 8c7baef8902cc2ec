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
import dev.overlays.merge.run.Selection;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What one instance shows at one place of the view. It need not be a directory.
 *
 * @param upper the path of its upper
 * @param merging whether this upper is to be merged
 * @param own the directory of the upper; null if it has none
 * @param below what is merged below it
 * @param natural whether {@code below} is all that the lowers have at this place, or they have
 *     nothing: it is neither renamed nor hidden
 * @param selection the entries that are looked at
 * @param marks the namespace of the marks
 */
record Instance(
    Path upper,
    boolean merging,
    LayerDirectory own,
    MergedDirectory below,
    boolean natural,
    Selection selection,
    MarkNamespace marks)
    implements Closeable {

  boolean showsDirectory() {
    return own != null || !below.isNothing();
  }

  /** Returns what it shows under a name; empty if the name is not selected. */
  Optional<Version> version(Name name) throws IOException {
    if (selection.below(name).isNothing()) {
      return Optional.empty();
    }
    Optional<EntryStat> stat = own == null ? Optional.empty() : own.stat(name);
    if (stat.isPresent()) {
      return Optional.of(own(name, stat.get()));
    }
    return Optional.of(
        below
            .find(name)
            .map(shown -> new Version(this, name, inherited(), shown.directory(), shown.stat()))
            .orElseGet(() -> nothing(name)));
  }

  private Version.State inherited() {
    return natural ? Version.State.LOWER : Version.State.OWN;
  }

  private Version nothing(Name name) {
    return new Version(this, name, Version.State.NOTHING, null, null);
  }

  private Version own(Name name, EntryStat stat) throws IOException {
    if (LayerEntries.isWhiteout(own, name, stat, marks)) {
      return nothing(name);
    }
    boolean merges =
        stat.isDirectory()
            && natural
            && DirectoryMarks.isTransparent(own, name, marks)
            && below.find(name).filter(shown -> shown.stat().isDirectory()).isPresent();
    Version.State state = merges ? Version.State.MERGED : Version.State.OWN;
    return new Version(this, name, state, own, stat);
  }

  /**
   * Whether it differs from the lowers under a name: by an entry or a whiteout of its own, or by a
   * rename.
   */
  boolean has(Name name) throws IOException {
    return !selection.below(name).isNothing()
        && ((own != null && own.stat(name).isPresent())
            || (!natural && below.find(name).isPresent()));
  }

  /** Iterates over names, each once. */
  @FunctionalInterface
  interface NameCursor {
    /** Returns the next name; null at the end. */
    Name next() throws IOException;
  }

  /** Iterates over the names for which {@link #has} is true. */
  NameCursor names() throws IOException {
    EntryCursor ownNames = own == null ? () -> null : own.entries();
    MergedDirectory.ShownCursor inherited = natural ? () -> null : below.entries();
    return () -> {
      Name name = nextOwn(ownNames);
      return name == null ? nextInherited(inherited) : name;
    };
  }

  private Name nextOwn(EntryCursor entries) throws IOException {
    LayerEntry entry = entries.next();
    while (entry != null && selection.below(entry.name()).isNothing()) {
      entry = entries.next();
    }
    return entry == null ? null : entry.name();
  }

  private Name nextInherited(MergedDirectory.ShownCursor entries) throws IOException {
    for (var shown = entries.next(); shown != null; shown = entries.next()) {
      Name name = shown.name();
      boolean hidden = own != null && own.stat(name).isPresent();
      if (!hidden && !selection.below(name).isNothing()) {
        return name;
      }
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    try (below;
        own) {
      // Closes both, even if one of them throws.
    }
  }
}
