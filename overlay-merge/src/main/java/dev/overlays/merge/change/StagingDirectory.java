package dev.overlays.merge.change;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A directory that no view shows. Entries are prepared in it, and one rename puts each into place.
 * It is created with its first entry, and removed with everything that a failure has left in it.
 */
public final class StagingDirectory implements Closeable {
  private final LayerDirectory parent;
  private final Name name;
  private final AtomicLong namesGiven = new AtomicLong();
  private final Closeable afterRemoval;
  private LayerDirectory directory;
  private boolean isThere;
  private volatile Boolean givesXattrs;

  /** Stages in a directory beside a layer, or in one that something hides. */
  public StagingDirectory(LayerDirectory parent, Name name) {
    this(parent, name, () -> {});
  }

  /** As the other constructor, with an action that runs when the directory is removed. */
  StagingDirectory(LayerDirectory parent, Name name, Closeable after) {
    this.parent = parent;
    this.name = name;
    this.afterRemoval = after;
  }

  /** Opens the directory. The first call creates it. */
  public synchronized LayerDirectory openDirectory() throws IOException {
    if (directory == null) {
      EntryStat before = LayerEntries.requireStat(parent, Name.SELF);
      LayerEntries.removeTree(parent, name);
      isThere = true;
      parent.createDirectory(name);
      directory = parent.open(name);
      restoreTime(before);
    }
    return directory;
  }

  /** Returns a name that is not taken yet. */
  public Name nextName() {
    return Name.of(Long.toString(namesGiven.incrementAndGet()));
  }

  /**
   * Whether a new file in the directory gets extended attributes, from a default ACL or a security
   * module. They come from the directory, so the first file that is asked answers for all.
   */
  public boolean givesXattrs(Name newFile) throws IOException {
    Boolean known = givesXattrs;
    if (known == null) {
      known = !openDirectory().xattrs(newFile).isEmpty();
      givesXattrs = known;
    }
    return known;
  }

  /** Removes the directory, also that of an earlier run. */
  public void removeLeftover() throws IOException {
    if (parent.stat(name).isPresent()) {
      EntryStat before = LayerEntries.requireStat(parent, Name.SELF);
      LayerEntries.removeTree(parent, name);
      restoreTime(before);
    }
  }

  /**
   * Keeps the time of the work directory, which is that of the last mount; see {@link LastMount}.
   */
  private void restoreTime(EntryStat before) throws IOException {
    parent.setTimes(Name.SELF, before.accessed(), before.modified());
  }

  @Override
  public synchronized void close() throws IOException {
    if (isThere) {
      LayerDirectory opened = directory;
      directory = null;
      try (opened) {
        // It may be there although it could not be opened.
      }
      removeLeftover();
      isThere = false;
    }
    afterRemoval.close();
  }
}
