package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;

/**
 * A directory in the work directory, where things are made ready before one rename shows them. What
 * a crash has left in it is removed by the next view.
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

  /** Takes over the open work directory. */
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

  /** A name that nothing here has. */
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

  /** Takes an entry out of the view at once; the tree of it is removed later. */
  Name take(LayerDirectory from, Name name) throws IOException {
    Name taken = fresh();
    from.rename(name, directory, taken);
    return taken;
  }

  /** Removes what has failed, or is of no use any more. */
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
