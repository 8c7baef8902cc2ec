package dev.overlays.merge.oci;

import dev.overlays.merge.oci.FirstNames.LinkedInode;
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
final class InodeFile implements Closeable {
  private static final int HASHES = 1 << 16;
  private static final int HEADER = 3 * Long.BYTES + Integer.BYTES;
  private static final long NONE = -1;

  private final FileChannel file;
  private final long[] last = new long[HASHES];
  private long end;

  InodeFile() throws IOException {
    Arrays.fill(last, NONE);
    Path path = Files.createTempFile("overlays-links", null);
    // On Unix the name is removed at once, so that nothing is left however this process ends.
    file =
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.DELETE_ON_CLOSE);
  }

  private static int slotOf(LinkedInode inode) {
    int hash = inode.hashCode() * 0x9e3779b9;
    return hash >>> (Integer.SIZE - 16);
  }

  void putName(LinkedInode inode, RawPath path) throws IOException {
    byte[] bytes = path.toBytes();
    int hash = slotOf(inode);
    ByteBuffer record =
        ByteBuffer.allocate(HEADER + bytes.length)
            .putLong(inode.device())
            .putLong(inode.number())
            .putLong(last[hash])
            .putInt(bytes.length)
            .put(bytes)
            .flip();
    long place = end;
    while (record.hasRemaining()) {
      end += file.write(record, end);
    }
    last[hash] = place;
  }

  /** Returns the path of an inode; null if the file has none. */
  RawPath findName(LinkedInode inode) throws IOException {
    long place = last[slotOf(inode)];
    while (place != NONE) {
      ByteBuffer header = readSlot(place, HEADER);
      LinkedInode other = new LinkedInode(header.getLong(), header.getLong());
      long before = header.getLong();
      if (other.equals(inode)) {
        return RawPath.of(readSlot(place + HEADER, header.getInt()).array());
      }
      place = before;
    }
    return null;
  }

  private ByteBuffer readSlot(long place, int length) throws IOException {
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
