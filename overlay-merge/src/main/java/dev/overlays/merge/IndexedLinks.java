package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.MergedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes explicit what only the index shows: when one of the names of a lower's file was written to,
 * all the others show that, too. They become names in the upper.
 */
final class IndexedLinks {
  private final DirectoryTimes times;
  private final LayerRoots lowers;
  private final PullUp pull;
  private final Index index;
  private final Map<ByteBuffer, Name> files;
  private final List<Missing> missing = new ArrayList<>();

  /** A name that the upper has to get, and the entry of the index whose name it is. */
  private record Missing(List<Name> path, Name entry) {}

  IndexedLinks(DirectoryTimes times, LayerRoots lowers, PullUp pull, Index index)
      throws IOException {
    this.times = times;
    this.lowers = lowers;
    this.pull = pull;
    this.index = index;
    files = index.files();
  }

  void make(LayerDirectory upper) throws IOException {
    if (!files.isEmpty()) {
      look(upper, lowers.root(), Place.ROOT);
      for (Missing link : missing) {
        make(upper, lowers.root(), link.path(), link.entry());
      }
    }
  }

  /** Looks for names of the lowers that the upper, whose directory may be null, does not hide. */
  private void look(LayerDirectory upper, MergedDirectory below, Place place) throws IOException {
    below.forEach(
        shown -> {
          Name name = shown.name();
          if (upper == null || upper.stat(name).isEmpty()) {
            if (shown.stat().isDirectory()) {
              try (MergedDirectory inner = below.open(name)) {
                look(null, inner, place.in(name));
              }
            } else if (shown.stat().links() > 1) {
              leaf(shown, place);
            }
          }
        });
    if (upper != null) {
      Entries.forEach(
          upper,
          (name, type) -> {
            if (type == EntryType.DIRECTORY) {
              try (LayerDirectory directory = upper.open(name);
                  MergedDirectory inner = below.below(upper, name)) {
                look(directory, inner, place.in(name));
              }
            }
          });
    }
  }

  private void leaf(MergedDirectory.Shown shown, Place place) throws IOException {
    Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
    Name entry = handle.map(bytes -> files.get(ByteBuffer.wrap(bytes))).orElse(null);
    if (entry != null) {
      EntryStat stat = LayerEntries.present(index.directory(), entry);
      if (stat.type() == shown.stat().type()) {
        missing.add(new Missing(place.names(shown.name()), entry));
      }
    }
  }

  private void make(LayerDirectory upper, MergedDirectory below, List<Name> path, Name entry)
      throws IOException {
    Name name = path.get(0);
    if (path.size() == 1) {
      changed(upper, () -> index.directory().createLink(entry, upper, name));
      return;
    }
    if (upper.stat(name).isEmpty()) {
      MergedDirectory.Shown shown = below.find(name).orElseThrow();
      changed(upper, () -> pull.up(upper, below, shown, Place.ROOT));
    }
    try (LayerDirectory directory = upper.open(name);
        MergedDirectory inner = below.below(upper, name)) {
      make(directory, inner, path.subList(1, path.size()), entry);
    }
  }

  /** A step that changes a directory. */
  @FunctionalInterface
  private interface Step {
    void make() throws IOException;
  }

  private void changed(LayerDirectory directory, Step step) throws IOException {
    EntryStat now = LayerEntries.present(directory, Name.SELF);
    EntryStat before = times.remember(directory, Name.SELF, now);
    step.make();
    times.restore(directory, Name.SELF, before);
  }
}
