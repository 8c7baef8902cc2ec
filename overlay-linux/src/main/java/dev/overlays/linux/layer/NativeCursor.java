package dev.overlays.linux.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.DirectoryRecords;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/**
 * Reads a directory listing block by block. Source: getdents(2).
 *
 * <p>Before its directory is parked, the rest of the listing is read: not every file system finds
 * the position again through another descriptor (before Linux 6.6 a tmpfs counts entries, so a
 * removal shifts the rest). If the rest is too large, reading continues at the kernel's offset.
 */
final class NativeCursor implements EntryCursor {
  private final DirectoryDescriptor directory;
  private final Supplier<String> path;
  private byte[] records = new byte[0];
  private int position;
  private boolean ended;

  /** The blocks that were read before the directory was parked; null if none are left. */
  private volatile Queue<byte[]> ahead;

  /** Whether these blocks complete the listing; otherwise reading continues at the offset. */
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
    directory.replaceCursor(cursor);
    return cursor;
  }

  @Override
  public LayerEntry next() throws IOException {
    while (true) {
      if (position == records.length && (ended || !nextBlock())) {
        return null;
      }
      if (directory.isClosed()) {
        throw FileSystemErrors.of(Errno.EBADF, path.get());
      }
      int start = position + DirectoryRecords.NAME;
      int type = DirectoryRecords.typeAt(records, position);
      long inode = DirectoryRecords.inodeAt(records, position);
      position += DirectoryRecords.lengthAt(records, position);
      if (!isDotEntry(start)) {
        return new LayerEntry(Name.upToNul(records, start), EntryTypeBits.listedType(type), inode);
      }
    }
  }

  /**
   * Moves to the next block. It is a copy, since the thread may use its scratch memory for other
   * calls between two entries.
   */
  private boolean nextBlock() throws IOException {
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
    checkResult(directory.holdOrErrno());
    try {
      // The directory may have been parked in between.
      byte[] block = ahead == null ? null : nextAhead();
      if (block != null) {
        return block;
      }
      try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
        return readBlock(scratch, directory.number());
      }
    } finally {
      directory.releaseUse();
    }
  }

  private byte[] readBlock(ScratchMemory scratch, int number) throws IOException {
    long length = DirectoryRecords.attemptNext(scratch, number);
    checkResult(length);
    byte[] block = scratch.readData((int) length);
    for (int i = 0; i < block.length; i += DirectoryRecords.lengthAt(block, i)) {
      offset = DirectoryRecords.positionAfter(block, i);
    }
    return block;
  }

  /**
   * Returns the next block that was read ahead; an empty one at the end, null if the kernel has to
   * be asked.
   */
  private byte[] nextAhead() {
    byte[] block = ahead.poll();
    if (block != null) {
      OpenDirectories.ALL.releaseBytes(block.length);
      return block;
    }
    if (readToEnd) {
      return new byte[0];
    }
    ahead = null;
    return null;
  }

  /**
   * Reads the rest of the listing before the directory is parked; returns whether it may be parked.
   */
  boolean readAhead(int number) {
    if (ended || ahead != null) {
      return true;
    }
    Queue<byte[]> blocks = new ConcurrentLinkedQueue<>();
    try {
      while (!readToEnd && OpenDirectories.ALL.reserveBytes(DirectoryRecords.BLOCK_SIZE)) {
        byte[] block = readBlock(OpenDirectories.ALL.lockedScratch(), number);
        OpenDirectories.ALL.releaseBytes(DirectoryRecords.BLOCK_SIZE - block.length);
        readToEnd = block.length == 0;
        if (!readToEnd) {
          blocks.add(block);
        }
      }
    } catch (IOException e) {
      // The next read of the listing gets the same error.
      return false;
    } finally {
      ahead = blocks;
    }
    return true;
  }

  /** Continues with another number of the directory; returns whether that works. */
  boolean continueOn(int number) {
    return ended || readToEnd || Kernel.attempt(Syscall.LSEEK, number, offset, 0) >= 0;
  }

  /** Ends the listing and drops the blocks that were read ahead. */
  void endListing() {
    Queue<byte[]> blocks = ahead;
    byte[] block = blocks == null ? null : blocks.poll();
    while (block != null) {
      OpenDirectories.ALL.releaseBytes(block.length);
      block = blocks.poll();
    }
  }

  private boolean isDotEntry(int start) {
    return records[start] == '.'
        && (records[start + 1] == 0 || (records[start + 1] == '.' && records[start + 2] == 0));
  }

  private void checkResult(long result) throws IOException {
    if (result < 0) {
      throw FileSystemErrors.of(Errno.of((int) -result), path.get());
    }
  }
}
