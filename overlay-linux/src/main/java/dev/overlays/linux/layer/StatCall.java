package dev.overlays.linux.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Statx;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads all attributes of an entry. Source: statx(2). */
final class StatCall {
  private static final byte[] SELF = {};

  /**
   * The fields that every entry needs. The access time is not among them: on a file system that
   * keeps none (noatime) it is filled, but not flagged in the mask.
   */
  private static final int NEEDED =
      Statx.MODE
          | Statx.LINKS
          | Statx.OWNER
          | Statx.GROUP
          | Statx.MODIFICATION_TIME
          | Statx.INODE
          | Statx.SIZE
          | Statx.BLOCKS;

  private static final int FLAGS = Statx.SYMLINK_NOFOLLOW | Statx.EMPTY_PATH;

  private StatCall() {}

  /**
   * Makes the call; the result is valid until the thread makes the next. An empty path stands for
   * the open file itself.
   */
  static long callStatx(ScratchMemory scratch, Descriptor directory, long path) {
    return Statx.attempt(scratch, directory, path, FLAGS, Statx.BASIC_STATS | Statx.BIRTH_TIME);
  }

  /** Decodes the result of the last call; the path is used only for an exception. */
  static EntryStat entryStat(ScratchMemory scratch, Supplier<String> path) throws IOException {
    Statx statx = Statx.resultIn(scratch);
    int missing = statx.missingFields(NEEDED);
    if (missing != 0) {
      throw missingFields(path, missing);
    }
    EntryType type = EntryTypeBits.typeOf(statx.mode());
    boolean device = type == EntryType.CHARACTER_DEVICE || type == EntryType.BLOCK_DEVICE;
    return new EntryStat(
        type,
        statx.mode() & 07777,
        statx.owner(),
        statx.group(),
        statx.size(),
        statx.allocatedBytes(),
        statx.linkCount(),
        statx.device(),
        statx.inode(),
        device ? statx.nodeMajor() : 0,
        device ? statx.nodeMinor() : 0,
        statx.accessTime(),
        statx.modificationTime(),
        statx.hasAttribute(Statx.ATTRIBUTE_IMMUTABLE),
        statx.hasAttribute(Statx.ATTRIBUTE_APPEND));
  }

  /** Decodes the type of the last result alone; the path is used only for an exception. */
  static EntryType entryType(ScratchMemory scratch, Supplier<String> path) throws IOException {
    Statx statx = Statx.resultIn(scratch);
    int missing = statx.missingFields(Statx.MODE);
    if (missing != 0) {
      throw missingFields(path, missing);
    }
    return EntryTypeBits.typeOf(statx.mode());
  }

  private static FileSystemException missingFields(Supplier<String> path, int missing) {
    return new FileSystemException(
        path.get(),
        null,
        "its file system does not report all of it (missing in the mask of statx: 0x"
            + Integer.toHexString(missing)
            + ")");
  }

  /** Decodes the birth time of the last result; empty if the file system does not provide it. */
  static Optional<Instant> birthTime(ScratchMemory scratch) {
    return birthTime(Statx.resultIn(scratch));
  }

  private static Optional<Instant> birthTime(Statx statx) {
    return statx.missingFields(Statx.BIRTH_TIME) == 0
        ? Optional.of(statx.birthTime())
        : Optional.empty();
  }

  /** Reads the identity of a directory, in the caller's memory; null if it is not available. */
  static DirectoryIdentity identityOf(ScratchMemory scratch, int directory) {
    int fields = Statx.INODE | Statx.BIRTH_TIME;
    if (Statx.attempt(scratch, directory, scratch.putString(SELF), FLAGS, fields) < 0) {
      return null;
    }
    Statx statx = Statx.resultIn(scratch);
    return statx.missingFields(Statx.INODE) == 0
        ? new DirectoryIdentity(statx.device(), statx.inode(), birthTime(statx))
        : null;
  }
}
