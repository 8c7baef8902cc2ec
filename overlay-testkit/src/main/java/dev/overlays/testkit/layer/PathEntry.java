package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.nio.file.Path;

/** An entry that is known by its path only, so that everything is looked up anew. */
record PathEntry(EntryStat stat, StoredXattrs xattrs) implements StoredEntry {

  /** Returns an entry with attributes that were read of it. */
  static PathEntry of(Path path, EntryStat read) throws IOException {
    StoredXattrs xattrs = UserXattrs.of(path);
    return new PathEntry(EmulatedNodes.shownStat(read, xattrs), xattrs);
  }

  @Override
  public EntryType type() {
    return stat.type();
  }

  @Override
  public long inode() {
    return stat.inode();
  }
}
