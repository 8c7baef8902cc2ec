package dev.overlays.linux.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Goes through a listing, one block of records after the other. Source: getdents(2).
 *
 * <p>Before its directory is parked, the rest of the listing is read: not every file system finds
 * the same place again by another descriptor (before Linux 6.6 a tmpfs counts entries, so that a
 * removal moves the rest). Of what would be too much, the kernel is asked to go on where it was.
 */
final class NativeCursor implements EntryCursor {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int OFFSET = 8;
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;
  private static final int BLOCK = 1 << 15;

  private final DirectoryDescriptor directory;
  private final Supplier<String> path;
  private byte[] records = new byte[0];
  private int position;
  private boolean ended;

  /** The blocks that were read before the directory was parked; null if there are none left. */
  private volatile Queue<byte[]> ahead;

  /** Whether nothing comes after them; otherwise the kernel goes on at the offset. */
  private boolean readToEnd;

  private long offset;

  private NativeCursor(DirectoryDescriptor directory, Supplier<String> path) {
    this.directory = directory;
    this.path = path;
  }

  static NativeCursor startListing(DirectoryDescriptor directory, Supplier<String> path)
      throws IOException {
    NativeCursor cursor = new NativeCursor(directory, path);
    cursor.checkResult(directory.attemptOn(Syscall.LSEEK, 0, 0));
    directory.listedBy(cursor);
    return cursor;
  }

  @Override
  public LayerEntry next() throws IOException {
    while (true) {
      if (position == records.length && (ended || !fillBuffer())) {
        return null;
      }
      if (directory.isClosed()) {
        throw FileSystemErrors.of(Errno.EBADF, path.get());
      }
      int start = position + NAME;
      int type = records[position + TYPE];
      long inode = (long) LONG.get(records, position);
      position += nameLength(records, position);
      if (!isDots(start)) {
        return new LayerEntry(Name.terminated(records, start), FileMode.listedType(type), inode);
      }
    }
  }

  private static int nameLength(byte[] block, int record) {
    return (block[record + LENGTH] & 0xff) | ((block[record + LENGTH + 1] & 0xff) << 8);
  }

  /** The block is copied: between two entries the thread may use its scratch for other calls. */
  private boolean fillBuffer() throws IOException {
    byte[] block = ahead == null ? null : nextAhead();
    if (block == null) {
      block = nextFromKernel();
    }
    records = block;
    position = 0;
    ended = block.length == 0;
    return !ended;
  }

  private byte[] nextFromKernel() throws IOException {
    checkResult(directory.holdOrTell());
    try {
      // It may have been parked until now.
      byte[] block = ahead == null ? null : nextAhead();
      if (block != null) {
        return block;
      }
      try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
        return readBytes(scratch, directory.number());
      }
    } finally {
      directory.releaseUse();
    }
  }

  private byte[] readBytes(ScratchMemory scratch, int number) throws IOException {
    long length = Kernel.attempt(Syscall.GETDENTS64, number, scratch.dataPointer(), BLOCK);
    checkResult(length);
    byte[] block = scratch.readData((int) length);
    for (int i = 0; i < block.length; i += nameLength(block, i)) {
      offset = (long) LONG.get(block, i + OFFSET);
    }
    return block;
  }

  /** Returns the next block that has been read before; empty at the end, null if it is unknown. */
  private byte[] nextAhead() {
    byte[] block = ahead.poll();
    if (block != null) {
      OpenDirectories.ALL.forgetSlot(block.length);
      return block;
    }
    if (readToEnd) {
      return new byte[0];
    }
    ahead = null;
    return null;
  }

  /** Reads the rest before the number is given back; tells whether it can be. */
  boolean readAhead(int number) {
    if (ended || ahead != null) {
      return true;
    }
    Queue<byte[]> blocks = new ConcurrentLinkedQueue<>();
    try {
      while (!readToEnd && OpenDirectories.ALL.keepOpen(BLOCK)) {
        byte[] block = readBytes(OpenDirectories.ALL.borrowScratch(), number);
        OpenDirectories.ALL.forgetSlot(BLOCK - block.length);
        readToEnd = block.length == 0;
        if (!readToEnd) {
          blocks.add(block);
        }
      }
    } catch (IOException e) {
      // Whoever goes on with the listing meets it again.
      return false;
    } finally {
      ahead = blocks;
    }
    return true;
  }

  /** Goes on by another number of the directory; tells whether it can. */
  boolean goOn(int number) {
    return ended || readToEnd || Kernel.attempt(Syscall.LSEEK, number, offset, 0) >= 0;
  }

  /** Nobody goes on with it. */
  void endListing() {
    Queue<byte[]> blocks = ahead;
    byte[] block = blocks == null ? null : blocks.poll();
    while (block != null) {
      OpenDirectories.ALL.forgetSlot(block.length);
      block = blocks.poll();
    }
  }

  private boolean isDots(int start) {
    return records[start] == '.'
        && (records[start + 1] == 0 || (records[start + 1] == '.' && records[start + 2] == 0));
  }

  private void checkResult(long result) throws IOException {
    if (result < 0) {
      throw FileSystemErrors.of(Errno.of((int) -result), path.get());
    }
  }
}
