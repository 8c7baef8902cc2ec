package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;

/**
 * A directory in the work directory, in which entries are prepared before one rename publishes
 * them. The next view removes what a crash has left in it.
 */
final class WorkStaging implements Closeable {
  private static final Name DIRECTORY = Name.of("overlays-union");

  private final LayerDirectory work;
  private final LayerDirectory directory;
  private long last;

  private WorkStaging(LayerDirectory work, LayerDirectory directory) {
    this.work = work;
    this.directory = directory;
  }

  /** Opens the staging directory; the open work directory belongs to it from then on. */
  static WorkStaging open(LayerDirectory work) throws IOException {
    try {
      LayerEntries.removeTree(work, DIRECTORY);
      work.createDirectory(DIRECTORY);
      return new WorkStaging(work, work.open(DIRECTORY));
    } catch (IOException | RuntimeException e) {
      try (work) {
        throw e;
      }
    }
  }

  LayerDirectory directory() {
    return directory;
  }

  /** Returns an unused name. */
  Name fresh() {
    return Name.of("#" + ++last);
  }

  Name whiteout() throws IOException {
    Name name = fresh();
    try {
      directory.createWhiteout(name);
      return name;
    } catch (IOException | RuntimeException e) {
      discard(name, e);
      throw e;
    }
  }

  /** Moves an entry out of the view by one rename; the caller discards it later. */
  Name take(LayerDirectory from, Name name) throws IOException {
    Name taken = fresh();
    from.rename(name, directory, taken);
    return taken;
  }

  /** Removes a staged entry. */
  void discard(Name name) throws IOException {
    LayerEntries.removeTree(directory, name);
  }

  void discard(Name name, Throwable failure) {
    try {
      discard(name);
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
