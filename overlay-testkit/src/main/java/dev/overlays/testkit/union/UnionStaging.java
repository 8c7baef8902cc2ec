package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A directory in the work directory, in which entries are prepared before one rename publishes
 * them. The next view removes what a crash has left in it.
 */
final class UnionStaging implements Closeable {
  private static final Name DIRECTORY = Name.of("overlays-union");

  private final LayerDirectory work;
  private final LayerDirectory directory;
  private final Set<Name> unused = new LinkedHashSet<>();
  private long last;

  private UnionStaging(LayerDirectory work, LayerDirectory directory) {
    this.work = work;
    this.directory = directory;
  }

  /** Opens the staging directory; the open work directory belongs to it from then on. */
  static UnionStaging open(LayerDirectory work) throws IOException {
    try {
      LayerEntries.removeTree(work, DIRECTORY);
      work.createDirectory(DIRECTORY);
      return new UnionStaging(work, work.open(DIRECTORY));
    } catch (IOException | RuntimeException e) {
      try (work) {
        throw e;
      }
    }
  }

  LayerDirectory layerDirectory() {
    return directory;
  }

  /** Returns an unused name. Names are used again, since a store may remember their paths. */
  Name freshName() {
    Iterator<Name> names = unused.iterator();
    if (!names.hasNext()) {
      return Name.of("#" + ++last);
    }
    Name name = names.next();
    names.remove();
    return name;
  }

  /** Moves a staged entry out of this directory, to a name that is free or may be replaced. */
  void publishEntry(Name staged, LayerDirectory to, Name newName) throws IOException {
    directory.rename(staged, to, newName);
    unused.add(staged);
  }

  Name makeWhiteout() throws IOException {
    Name name = freshName();
    try {
      directory.createWhiteout(name);
      return name;
    } catch (IOException | RuntimeException e) {
      discardEntry(name, e);
      throw e;
    }
  }

  /** Moves an entry out of the view by one rename; the caller discards it later. */
  Name takeEntry(LayerDirectory from, Name name) throws IOException {
    Name taken = freshName();
    from.rename(name, directory, taken);
    return taken;
  }

  /** Removes a staged entry. */
  void discardEntry(Name name) throws IOException {
    LayerEntries.removeTree(directory, name);
    unused.add(name);
  }

  void discardEntry(Name name, Throwable failure) {
    try {
      discardEntry(name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    try (work) {
      directory.close();
      LayerEntries.removeTree(work, DIRECTORY);
    }
  }
}
