package dev.overlays.linux.layer;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.Supplier;

/** Goes through a listing, one block of records after the other. Source: getdents(2). */
final class NativeCursor implements EntryCursor {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
  private static final int LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;
  private static final int BLOCK = 1 << 15;

  private final Descriptor directory;
  private final Supplier<String> path;
  private byte[] records = new byte[0];
  private int position;
  private boolean ended;

  private NativeCursor(Descriptor directory, Supplier<String> path) {
    this.directory = directory;
    this.path = path;
  }

  static NativeCursor start(Descriptor directory, Supplier<String> path) throws IOException {
    NativeCursor cursor = new NativeCursor(directory, path);
    cursor.check(directory.attempt(Syscall.LSEEK, 0, 0));
    return cursor;
  }

  @Override
  public LayerEntry next() throws IOException {
    while (true) {
      if (position == records.length && (ended || !fill())) {
        return null;
      }
      if (directory.isClosed()) {
        throw Failures.of(Errno.EBADF, path.get());
      }
      int start = position + NAME;
      int type = records[position + TYPE];
      long inode = (long) LONG.get(records, position);
      position +=
          (records[position + LENGTH] & 0xff) | ((records[position + LENGTH + 1] & 0xff) << 8);
      if (!isDots(start)) {
        return new LayerEntry(Name.terminated(records, start), FileMode.listed(type), inode);
      }
    }
  }

  /** The block is copied: between two entries the thread may use its scratch for other calls. */
  private boolean fill() throws IOException {
    try (Scratch scratch = Scratch.borrow()) {
      long length = directory.attempt(Syscall.GETDENTS64, scratch.data(), BLOCK);
      check(length);
      records = scratch.readData((int) length);
      position = 0;
      ended = length == 0;
      return !ended;
    }
  }

  private boolean isDots(int start) {
    return records[start] == '.'
        && (records[start + 1] == 0 || (records[start + 1] == '.' && records[start + 2] == 0));
  }

  private void check(long result) throws IOException {
    if (result < 0) {
      throw Failures.of(Errno.of((int) -result), path.get());
    }
  }
}
