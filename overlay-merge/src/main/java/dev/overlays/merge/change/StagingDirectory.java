package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A directory that no view shows, in which entries are made whole before one rename puts them into
 * place. It is made when the first entry is, and removed with what a failure left in it.
 */
public final class StagingDirectory implements Closeable {
  private final LayerDirectory parent;
  private final Name name;
  private final AtomicLong count = new AtomicLong();
  private final Closeable after;
  private LayerDirectory directory;

  /** A directory beside or in a layer; there has to be something that hides it. */
  public StagingDirectory(LayerDirectory parent, Name name) {
    this(parent, name, () -> {});
  }

  /** The same with something that is done when it is closed and gone. */
  StagingDirectory(LayerDirectory parent, Name name, Closeable after) {
    this.parent = parent;
    this.name = name;
    this.after = after;
  }

  /** Opens it, empty at first. */
  public synchronized LayerDirectory openDirectory() throws IOException {
    if (directory == null) {
      EntryStat before = LayerEntries.present(parent, Name.SELF);
      LayerEntries.removeTree(parent, name);
      parent.createDirectory(name);
      directory = parent.open(name);
      keepTime(before);
    }
    return directory;
  }

  /** A name that is not taken yet. */
  public Name nextName() {
    return Name.of(Long.toString(count.incrementAndGet()));
  }

  /** Removes it, be it that of an earlier run. */
  public void clearLeftovers() throws IOException {
    if (parent.stat(name).isPresent()) {
      EntryStat before = LayerEntries.present(parent, Name.SELF);
      LayerEntries.removeTree(parent, name);
      keepTime(before);
    }
  }

  /** The time of a work directory tells when the view was mounted; see {@link DirectoryTimes}. */
  private void keepTime(EntryStat before) throws IOException {
    parent.setTimes(Name.SELF, before.accessed(), before.modified());
  }

  @Override
  public synchronized void close() throws IOException {
    if (directory != null) {
      directory.close();
      directory = null;
      clearLeftovers();
    }
    after.close();
  }
}
