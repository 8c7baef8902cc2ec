package dev.overlays.linux.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Asks for everything about an entry. Source: statx(2). */
final class StatCall {
  private static final int SYMLINK_NOFOLLOW = 0x100;
  private static final int EMPTY_PATH = 0x1000;
  private static final int BASIC_STATS = 0x7ff;
  private static final int BLOCK = 512;
  private static final long IMMUTABLE = 0x10;
  private static final long APPEND = 0x20;

  private StatCall() {}

  /** Makes the call; the result is good until the thread makes the next. */
  static long make(int directory, long path) {
    long struct = Scratch.get().struct();
    return Kernel.attempt(
        Syscall.STATX, directory, path, SYMLINK_NOFOLLOW | EMPTY_PATH, BASIC_STATS, struct);
  }

  static EntryStat result() {
    ByteBuffer statx = Scratch.get().structBuffer();
    int mode = statx.getShort(28) & 0xffff;
    EntryType type = FileMode.type(mode);
    long attributes = statx.getLong(8);
    boolean device = type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE;
    return new EntryStat(
        type,
        mode & 07777,
        statx.getInt(20),
        statx.getInt(24),
        statx.getLong(40),
        statx.getLong(48) * BLOCK,
        Integer.toUnsignedLong(statx.getInt(16)),
        ((long) statx.getInt(136) << 32) | Integer.toUnsignedLong(statx.getInt(140)),
        statx.getLong(32),
        device ? statx.getInt(128) : 0,
        device ? statx.getInt(132) : 0,
        time(statx, 64),
        time(statx, 112),
        (attributes & IMMUTABLE) != 0,
        (attributes & APPEND) != 0);
  }

  private static Instant time(ByteBuffer statx, int offset) {
    return Instant.ofEpochSecond(statx.getLong(offset), statx.getInt(offset + 8));
  }
}
