package dev.overlays.merge.oci.export;

import dev.overlays.merge.oci.export.HardLinkPaths.LinkedInode;
import dev.overlays.merge.oci.tar.RawPath;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * Paths by their inodes, in a temporary file. Records are only appended; each holds the offset of
 * the previous record with the same hash. Only the offset of the last record of each hash is in
 * memory.
 */
final class LinkPathFile implements Closeable {
  private static final int HASH_COUNT = 1 << 16;
  private static final int HEADER_BYTES = 3 * Long.BYTES + Integer.BYTES;
  private static final long NO_RECORD = -1;

  private final FileChannel file;
  private final long[] lastRecords = new long[HASH_COUNT];
  private long end;

  LinkPathFile() throws IOException {
    Arrays.fill(lastRecords, NO_RECORD);
    Path path = Files.createTempFile("overlays-links", null);
    // On Unix the name is removed at once, so that nothing is left however this process ends.
    file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  private static int hashOf(LinkedInode inode) {
    int hash = inode.hashCode() * 0x9e3779b9;
    return hash >>> (Integer.SIZE - 16);
  }

  void putPath(LinkedInode inode, RawPath path) throws IOException {
    byte[] bytes = path.toBytes();
    int hash = hashOf(inode);
    ByteBuffer record =
        ByteBuffer.allocate(HEADER_BYTES + bytes.length)
            .putLong(inode.device())
            .putLong(inode.number())
            .putLong(lastRecords[hash])
            .putInt(bytes.length)
            .put(bytes)
            .flip();
    long place = end;
    while (record.hasRemaining()) {
      end += file.write(record, end);
    }
    lastRecords[hash] = place;
  }

  /** Returns the path of an inode; null if the file has none. */
  RawPath findPath(LinkedInode inode) throws IOException {
    long place = lastRecords[hashOf(inode)];
    while (place != NO_RECORD) {
      ByteBuffer header = readFully(place, HEADER_BYTES);
      LinkedInode other = new LinkedInode(header.getLong(), header.getLong());
      long before = header.getLong();
      if (other.equals(inode)) {
        return RawPath.of(readFully(place + HEADER_BYTES, header.getInt()).array());
      }
      place = before;
    }
    return null;
  }

  private ByteBuffer readFully(long place, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (file.read(bytes, place + bytes.position()) < 0) {
        throw new EOFException("a temporary file has been cut");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
