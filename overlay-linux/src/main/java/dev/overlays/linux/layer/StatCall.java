package dev.overlays.linux.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks for everything about an entry. Source: statx(2). The structure is read as words of eight
 * bytes, each of two halves where a field has four: both processors put the low half first.
 */
final class StatCall {
  private static final int SYMLINK_NOFOLLOW = 0x100;
  private static final int EMPTY_PATH = 0x1000;
  private static final int BASIC_STATS = 0x7ff;
  private static final int INODE = 0x100;
  private static final int BIRTH_TIME = 0x800;
  private static final byte[] SELF = {};

  /**
   * What an entry is not an entry without: STATX_TYPE, MODE, NLINK, UID, GID, MTIME, INO, SIZE and
   * BLOCKS. The time of access is filled, but not told to be, on a file system that keeps none
   * (noatime).
   */
  private static final int NEEDED = 0x75f;

  private static final int WORDS = 18;
  private static final int BLOCK = 512;
  private static final long IMMUTABLE = 0x10;
  private static final long APPEND = 0x20;

  private StatCall() {}

  /**
   * Makes the call; the result is good until the thread makes the next. An empty path stands for
   * what the descriptor itself leads to.
   */
  static long makeCall(ScratchMemory scratch, Descriptor directory, long path) {
    int flags = SYMLINK_NOFOLLOW | EMPTY_PATH;
    int wanted = BASIC_STATS | BIRTH_TIME;
    return directory.attemptOn(Syscall.STATX, path, flags, wanted, scratch.structPointer(), 0);
  }

  /** What the last call has told; of which path, only a failure says. */
  static EntryStat resultOf(ScratchMemory scratch, Supplier<String> path) throws IOException {
    long[] statx = new long[WORDS];
    scratch.readStruct(statx);
    int missing = NEEDED & ~lowWord(statx[0]);
    if (missing != 0) {
      throw new FileSystemException(
          path.get(),
          null,
          "its file system does not tell all of it (missing in the mask of statx: 0x"
              + Integer.toHexString(missing)
              + ")");
    }
    int mode = highWord(statx[3]);
    EntryType type = FileMode.typeOf(mode);
    boolean device = type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE;
    return new EntryStat(
        type,
        mode & 07777,
        highWord(statx[2]),
        lowWord(statx[3]),
        statx[5],
        statx[6] * BLOCK,
        Integer.toUnsignedLong(lowWord(statx[2])),
        Long.rotateLeft(statx[17], Integer.SIZE),
        statx[4],
        device ? lowWord(statx[16]) : 0,
        device ? highWord(statx[16]) : 0,
        Instant.ofEpochSecond(statx[8], lowWord(statx[9])),
        Instant.ofEpochSecond(statx[14], lowWord(statx[15])),
        (statx[1] & IMMUTABLE) != 0,
        (statx[1] & APPEND) != 0);
  }

  /** Tells what the call has answered besides; empty where the file system does not know. */
  static Optional<Instant> birthTime(ScratchMemory scratch) {
    long[] statx = new long[WORDS];
    scratch.readStruct(statx);
    return (lowWord(statx[0]) & BIRTH_TIME) == 0
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(statx[10], lowWord(statx[11])));
  }

  /** Asks by what a directory is known again, in memory of the caller's; null if it is not told. */
  static DirectoryIdentity identityOf(ScratchMemory scratch, int directory) {
    int flags = SYMLINK_NOFOLLOW | EMPTY_PATH;
    long self = scratch.putString(SELF);
    long[] statx = new long[WORDS];
    long struct = scratch.structPointer();
    if (Kernel.attempt(Syscall.STATX, directory, self, flags, INODE | BIRTH_TIME, struct, 0) < 0) {
      return null;
    }
    scratch.readStruct(statx);
    boolean born = (lowWord(statx[0]) & BIRTH_TIME) != 0;
    return (lowWord(statx[0]) & INODE) == 0
        ? null
        : new DirectoryIdentity(
            statx[17], statx[4], born ? statx[10] : 0, born ? lowWord(statx[11]) : 0);
  }

  private static int lowWord(long word) {
    return (int) word;
  }

  private static int highWord(long word) {
    return (int) (word >>> Integer.SIZE);
  }
}
