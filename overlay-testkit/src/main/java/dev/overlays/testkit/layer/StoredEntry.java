package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.io.IOException;

/** An entry that was found in a file system; an emulated node is shown as a node. */
interface StoredEntry {
  EntryType type() throws IOException;

  EntryStat stat() throws IOException;

  /** Returns the number of its inode, which its attributes tell, too. */
  long inode() throws IOException;

  /** Returns its user-defined attributes. */
  StoredXattrs xattrs();
}
