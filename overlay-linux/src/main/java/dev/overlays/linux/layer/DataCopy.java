package dev.overlays.linux.layer;

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
 * otherwise part by part within the kernel, leaving holes out. Sources: ioctl_ficlone(2), lseek(2),
 * copy_file_range(2).
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

  DataCopy(Descriptor from, Descriptor to) {
    this.from = from;
    this.to = to;
  }

  void run(Supplier<String> fromPath, Supplier<String> toPath) throws IOException {
    if (FileId.of(from).sameFile(FileId.of(to))) {
      // Making room for the data would lose it.
      throw new FileSystemException(fromPath.get(), toPath.get(), "they are the same file");
    }
    long result = run();
    if (result < 0) {
      throw new FileSystemException(fromPath.get(), toPath.get(), Errno.of((int) -result).text());
    }
  }

  private long run() {
    long result = to.attemptOn(Syscall.FTRUNCATE, 0);
    if (result < 0 || to.attemptOn(Syscall.IOCTL, FICLONE, from, 0, 0, 0) >= 0) {
      return result;
    }
    long size = seekData(from, 0, SEEK_END);
    if (size < 0) {
      return size;
    }
    result = to.attemptOn(Syscall.FTRUNCATE, size);
    long data = 0;
    while (result >= 0 && data < size) {
      data = seekData(from, data, SEEK_DATA);
      if (data < 0) {
        return data == -Errno.ENXIO.number() ? 0 : data;
      }
      long hole = seekData(from, data, SEEK_HOLE);
      result = hole < 0 ? hole : partLength(data, hole);
      data = hole;
    }
    return result;
  }

  private static long seekData(Descriptor file, long offset, int whence) {
    return file.attemptOn(Syscall.LSEEK, offset, whence);
  }

  /** Copies from an offset to another one. */
  private long partLength(long start, long end) {
    if (seekData(from, start, SEEK_SET) < 0 || seekData(to, start, SEEK_SET) < 0) {
      return -Errno.EIO.number();
    }
    long left = end - start;
    boolean inKernel = true;
    while (left > 0) {
      long done = inKernel ? inKernel(left) : byHand(left);
      if (inKernel && (done == 0 || isRefusal(done))) {
        inKernel = false;
      } else if (done <= 0) {
        // Nothing more to read: the file was cut meanwhile.
        return done;
      } else {
        left -= done;
      }
    }
    return 0;
  }

  private long inKernel(long length) {
    return from.attemptOn(Syscall.COPY_FILE_RANGE, 0, to, 0, Math.min(length, MOST_AT_ONCE), 0);
  }

  /** What is a true answer, of a target that may not be written to, is said by write(2) as well. */
  private static boolean isRefusal(long result) {
    return result == -Errno.EXDEV.number()
        || result == -Errno.EINVAL.number()
        || Errno.isUnavailable(result);
  }

  private long byHand(long length) {
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
