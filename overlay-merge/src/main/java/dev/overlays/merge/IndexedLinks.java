package dev.overlays.merge;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
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
  private record Missing(Place place, Name entry) {}

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
      TreeWalk.run(new Look(upper, lowers.root(), Place.ROOT));
      for (Missing link : missing) {
        make(upper, link.place().names(), link.entry());
      }
    }
  }

  /** Looks for names of the lowers that the upper, whose directory may be null, does not hide. */
  private final class Look implements TreeWalk.Step {
    private final LayerDirectory upper;
    private final MergedDirectory below;
    private final Place place;
    private MergedDirectory.ShownCursor shown;
    private TypedCursor own;

    /** Unless it is the root, both handles belong to this. */
    Look(LayerDirectory upper, MergedDirectory below, Place place) {
      this.upper = upper;
      this.below = below;
      this.place = place;
      shown = below.entries();
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      for (var next = shown.next(); next != null; next = shown.next()) {
        Name name = next.name();
        if (upper == null || upper.stat(name).isEmpty()) {
          if (next.stat().isDirectory()) {
            return new Look(null, below.open(name), place.in(name));
          }
          if (next.stat().links() > 1) {
            leaf(next, place);
          }
        }
      }
      shown = () -> null;
      if (own == null && upper != null) {
        own = new TypedCursor(upper);
      }
      while (own != null && own.next()) {
        if (own.type() == EntryType.DIRECTORY) {
          return inner(own.name());
        }
      }
      return null;
    }

    private TreeWalk.Step inner(Name name) throws IOException {
      LayerDirectory directory = upper.open(name);
      try {
        return new Look(directory, below.below(upper, name), place.in(name));
      } catch (IOException | RuntimeException | Error e) {
        try (directory) {
          throw e;
        }
      }
    }

    @Override
    public void close() throws IOException {
      if (!place.isRoot()) {
        try (upper;
            below) {
          // Only to close both, whatever one of them throws.
        }
      }
    }
  }

  private void leaf(MergedDirectory.Shown shown, Place place) throws IOException {
    Optional<byte[]> handle = shown.directory().fileHandle(shown.name());
    Name entry = handle.map(bytes -> files.get(ByteBuffer.wrap(bytes))).orElse(null);
    if (entry != null) {
      EntryStat stat = LayerEntries.present(index.directory(), entry);
      if (stat.type() == shown.stat().type()) {
        missing.add(new Missing(place.in(shown.name()), entry));
      }
    }
  }

  private void make(LayerDirectory root, List<Name> path, Name entry) throws IOException {
    MergedDirectory below = lowers.root();
    try (DescendingDirectory at = new DescendingDirectory(root)) {
      for (Name name : path.subList(0, path.size() - 1)) {
        LayerDirectory upper = at.directory();
        if (upper.stat(name).isEmpty()) {
          MergedDirectory around = below;
          MergedDirectory.Shown shown = below.find(name).orElseThrow();
          changed(upper, () -> pull.up(upper, around, shown, Place.ROOT));
        }
        MergedDirectory inner = below.below(upper, name);
        below.close();
        below = inner;
        at.open(name);
      }
      LayerDirectory upper = at.directory();
      Name name = path.get(path.size() - 1);
      changed(upper, () -> index.directory().createLink(entry, upper, name));
    } finally {
      below.close();
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
