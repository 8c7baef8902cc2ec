package dev.overlays.linux.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.function.Supplier;

/**
 * Copies the data of an open file to another: by sharing its blocks where the file system can,
 * otherwise range by range within the kernel, without the holes. Sources: ioctl_ficlone(2),
 * lseek(2), copy_file_range(2).
 */
final class DataCopy {
  private static final long FICLONE = 0x40049409L;
  private static final int SEEK_SET = 0;
  private static final int SEEK_END = 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final long MOST_AT_ONCE = 1L << 30;

  private final Descriptor from;
  private final Descriptor to;
  private boolean cannotShare;

  DataCopy(Descriptor from, Descriptor to) {
    this.from = from;
    this.to = to;
  }

  /** Replaces the data of a file. */
  void replaceData(Supplier<String> fromPath, Supplier<String> toPath) throws IOException {
    if (FileId.of(from).isSameFile(FileId.of(to))) {
      // Truncating the target would lose the data.
      throw new FileSystemException(fromPath.get(), toPath.get(), "they are the same file");
    }
    long result = to.attemptOn(Syscall.FTRUNCATE, 0);
    checkResult(result < 0 || shareBlocks() ? result : copyRanges(), fromPath, toPath);
  }

  /**
   * Fills a new file.
   *
   * @param stat the state of the source
   * @param shares whether it may share blocks with the new file
   */
  void fillNewFile(
      EntryStat stat, boolean shares, Supplier<String> fromPath, Supplier<String> toPath)
      throws IOException {
    if (stat.size() == 0 || (shares && shareBlocks())) {
      return;
    }
    boolean wholly = stat.size() <= ScratchMemory.DATA_SIZE && stat.allocated() >= stat.size();
    checkResult(wholly ? copyWholly(stat.size()) : copyRanges(), fromPath, toPath);
  }

  private static void checkResult(long result, Supplier<String> fromPath, Supplier<String> toPath)
      throws IOException {
    if (result < 0) {
      throw new FileSystemException(fromPath.get(), toPath.get(), Errno.of((int) -result).text());
    }
  }

  private boolean shareBlocks() {
    long result = to.attemptOn(Syscall.IOCTL, FICLONE, from, 0, 0, 0);
    cannotShare =
        result == -Errno.EXDEV.number()
            || result == -Errno.EOPNOTSUPP.number()
            || result == -Errno.ENOTTY.number();
    return result >= 0;
  }

  /** Whether no other file of the two directories can share blocks either. */
  boolean cannotShare() {
    return cannotShare;
  }

  /** Copies a small file without holes, with as few calls as possible. */
  private long copyWholly(long size) {
    long done = 0;
    while (done < size) {
      long count = copyThroughMemory(size - done);
      if (count <= 0) {
        // Nothing more to read: the file was truncated meanwhile.
        return count;
      }
      done += count;
    }
    return 0;
  }

  private long copyRanges() {
    long size = seekTo(from, 0, SEEK_END);
    if (size < 0) {
      return size;
    }
    long result = to.attemptOn(Syscall.FTRUNCATE, size);
    long data = 0;
    while (result >= 0 && data < size) {
      data = seekTo(from, data, SEEK_DATA);
      if (data < 0) {
        return data == -Errno.ENXIO.number() ? 0 : data;
      }
      long hole = seekTo(from, data, SEEK_HOLE);
      result = hole < 0 ? hole : copyRange(data, hole);
      data = hole;
    }
    return result;
  }

  private static long seekTo(Descriptor file, long offset, int whence) {
    return file.attemptOn(Syscall.LSEEK, offset, whence);
  }

  /** Copies the data between two offsets. */
  private long copyRange(long start, long end) {
    if (seekTo(from, start, SEEK_SET) < 0 || seekTo(to, start, SEEK_SET) < 0) {
      return -Errno.EIO.number();
    }
    long left = end - start;
    boolean inKernel = true;
    while (left > 0) {
      long done = inKernel ? copyInKernel(left) : copyThroughMemory(left);
      if (inKernel && (done == 0 || isRefusal(done))) {
        inKernel = false;
      } else if (done <= 0) {
        // Nothing more to read: the file was truncated meanwhile.
        return done;
      } else {
        left -= done;
      }
    }
    return 0;
  }

  private long copyInKernel(long length) {
    return from.attemptOn(Syscall.COPY_FILE_RANGE, 0, to, 0, Math.min(length, MOST_AT_ONCE), 0);
  }

  /**
   * Whether the call cannot be used here. A genuine error, such as a read-only target, comes back
   * from write(2) as well.
   */
  private static boolean isRefusal(long result) {
    return result == -Errno.EXDEV.number()
        || result == -Errno.EINVAL.number()
        || Errno.isUnavailable(result);
  }

  private long copyThroughMemory(long length) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long most = Math.min(length, ScratchMemory.DATA_SIZE);
      long read = from.attemptOn(Syscall.READ, scratch.dataPointer(), most);
      long written = 0;
      while (written < read) {
        long result = to.attemptOn(Syscall.WRITE, scratch.dataPointer() + written, read - written);
        if (result < 0) {
          return result;
        }
        written += result;
      }
      return read;
    }
  }
}
