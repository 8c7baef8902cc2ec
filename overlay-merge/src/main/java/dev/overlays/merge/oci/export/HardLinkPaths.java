package dev.overlays.merge.oci.export;

import dev.overlays.layer.EntryStat;
import dev.overlays.merge.oci.tar.RawPath;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The first path in the archive of each inode that has several names. Paths that exceed the memory
 * limit are kept in a file.
 */
public final class HardLinkPaths implements Closeable {
  private static final int PART_OF_HEAP = 16;

  /** The approximate heap size of an entry. */
  private static final int ENTRY_BYTES = 150;

  private final Map<LinkedInode, RawPath> paths = new HashMap<>();
  private long bytesLeft;
  private LinkPathFile overflowFile;

  record LinkedInode(long device, long number) {}

  /** Limits the memory to a fraction of the JVM's maximum heap. */
  public HardLinkPaths() {
    this(Runtime.getRuntime().maxMemory() / PART_OF_HEAP);
  }

  /** Limits the memory to a number of bytes. */
  HardLinkPaths(long most) {
    bytesLeft = most;
  }

  /** Returns the first path of this inode; null if this path is the first or the only one. */
  RawPath firstPath(EntryStat stat, RawPath path) throws IOException {
    if (stat.links() <= 1) {
      return null;
    }
    LinkedInode inode = new LinkedInode(stat.device(), stat.inode());
    RawPath first = paths.get(inode);
    if (first == null && overflowFile != null) {
      first = overflowFile.findPath(inode);
    }
    if (first == null) {
      putPath(inode, path);
    }
    return first;
  }

  private void putPath(LinkedInode inode, RawPath path) throws IOException {
    long size = ENTRY_BYTES + (long) path.byteLength();
    if (size <= bytesLeft) {
      bytesLeft -= size;
      paths.put(inode, path);
      return;
    }
    if (overflowFile == null) {
      overflowFile = new LinkPathFile();
    }
    overflowFile.putPath(inode, path);
  }

  @Override
  public void close() throws IOException {
    if (overflowFile != null) {
      overflowFile.close();
    }
  }
}
