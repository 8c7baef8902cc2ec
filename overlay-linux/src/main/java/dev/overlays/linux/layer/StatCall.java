package dev.overlays.linux.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads all attributes of an entry. Source: statx(2). The structure is read as words of eight
 * bytes; a word may hold two fields of four bytes, the low half first on both processors.
 */
final class StatCall {
  private static final int SYMLINK_NOFOLLOW = 0x100;
  private static final int EMPTY_PATH = 0x1000;
  private static final int BASIC_STATS = 0x7ff;
  private static final int TYPE = 0x1;
  private static final int MODE_OFFSET = 28;
  private static final int INODE = 0x100;
  private static final int BIRTH_TIME = 0x800;
  private static final byte[] SELF = {};

  /**
   * The fields that every entry needs: STATX_TYPE, MODE, NLINK, UID, GID, MTIME, INO, SIZE and
   * BLOCKS. The access time is not among them: on a file system that keeps none (noatime) it is
   * filled, but not flagged in the mask.
   */
  private static final int NEEDED = 0x75f;

  private static final int WORDS = 18;
  private static final int BLOCK = 512;
  private static final long IMMUTABLE = 0x10;
  private static final long APPEND = 0x20;

  private StatCall() {}

  /**
   * Makes the call; the result is valid until the thread makes the next. An empty path stands for
   * the open file itself.
   */
  static long callStatx(ScratchMemory scratch, Descriptor directory, long path) {
    int flags = SYMLINK_NOFOLLOW | EMPTY_PATH;
    int wanted = BASIC_STATS | BIRTH_TIME;
    return directory.attemptOn(Syscall.STATX, path, flags, wanted, scratch.structPointer(), 0);
  }

  /** Decodes the result of the last call; the path is used only for an exception. */
  static EntryStat entryStat(ScratchMemory scratch, Supplier<String> path) throws IOException {
    long[] statx = new long[WORDS];
    scratch.readStruct(statx);
    int missing = NEEDED & ~lowWord(statx[0]);
    if (missing != 0) {
      throw missingFields(path, missing);
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

  /** Decodes the type of the last result alone; the path is used only for an exception. */
  static EntryType entryType(ScratchMemory scratch, Supplier<String> path) throws IOException {
    ByteBuffer statx = scratch.structBuffer();
    if ((statx.getInt(0) & TYPE) == 0) {
      throw missingFields(path, TYPE);
    }
    return FileMode.typeOf(statx.getShort(MODE_OFFSET) & 0xffff);
  }

  private static FileSystemException missingFields(Supplier<String> path, int missing) {
    return new FileSystemException(
        path.get(),
        null,
        "its file system does not tell all of it (missing in the mask of statx: 0x"
            + Integer.toHexString(missing)
            + ")");
  }

  /** Decodes the birth time of the last result; empty if the file system does not provide it. */
  static Optional<Instant> birthTime(ScratchMemory scratch) {
    long[] statx = new long[WORDS];
    scratch.readStruct(statx);
    return (lowWord(statx[0]) & BIRTH_TIME) == 0
        ? Optional.empty()
        : Optional.of(Instant.ofEpochSecond(statx[10], lowWord(statx[11])));
  }

  /** Reads the identity of a directory, in the caller's memory; null if it is not available. */
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
