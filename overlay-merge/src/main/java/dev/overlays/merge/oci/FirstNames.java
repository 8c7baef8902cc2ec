package dev.overlays.merge.oci;

import dev.overlays.layer.EntryStat;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The first path in the archive of each inode that has several names. Paths that exceed the memory
 * limit are kept in a file.
 */
final class FirstNames implements Closeable {
  private static final int PART_OF_HEAP = 16;

  /** The approximate heap size of an entry. */
  private static final int ENTRY_BYTES = 150;

  private final Map<LinkedInode, RawPath> paths = new HashMap<>();
  private long left;
  private InodeFile more;

  record LinkedInode(long device, long number) {}

  /** Limits the memory to a part of the JVM's largest heap. */
  FirstNames() {
    this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /** Limits the memory to a number of bytes. */
  FirstNames(long most) {
    left = most;
  }

  /** Returns the first path of this inode; null if this path is the first or the only one. */
  RawPath firstName(EntryStat stat, RawPath path) throws IOException {
    if (stat.links() <= 1) {
      return null;
    }
    LinkedInode inode = new LinkedInode(stat.device(), stat.inode());
    RawPath first = paths.get(inode);
    if (first == null && more != null) {
      first = more.findName(inode);
    }
    if (first == null) {
      putName(inode, path);
    }
    return first;
  }

  private void putName(LinkedInode inode, RawPath path) throws IOException {
    long size = ENTRY_BYTES + (long) path.length();
    if (size <= left) {
      left -= size;
      paths.put(inode, path);
      return;
    }
    if (more == null) {
      more = new InodeFile();
    }
    more.putName(inode, path);
  }

  @Override
  public void close() throws IOException {
    if (more != null) {
      more.close();
    }
  }
}
