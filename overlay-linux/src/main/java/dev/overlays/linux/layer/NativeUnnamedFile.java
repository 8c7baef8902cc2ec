package dev.overlays.linux.layer;

import dev.overlays.layer.UnnamedFile;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** A file of {@code O_TMPFILE}. */
final class NativeUnnamedFile implements UnnamedFile {
  private static final int UNNAMED = 0x400000 | OpenFlags.DIRECTORY;
  private static final int OWNER_ONLY = 0600;
  private static final byte[] HERE = {'.'};
  private static final byte[] SELF = {};

  private final Descriptor file;
  private final String label;

  private NativeUnnamedFile(Descriptor file, String label) {
    this.file = file;
    this.label = label;
  }

  /** Makes one; empty where the file system has no such files, or this process may make none. */
  static Optional<UnnamedFile> createIn(Descriptor directory, String label) throws IOException {
    int flags = UNNAMED | OpenFlags.RDWR | OpenFlags.CLOEXEC;
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long number = directory.attemptOn(Syscall.OPENAT, scratch.putString(HERE), flags, OWNER_ONLY);
      if (number == -Errno.EBADF.number()) {
        throw FileSystemErrors.of(Errno.EBADF, label);
      }
      return number < 0
          ? Optional.empty()
          : Optional.of(new NativeUnnamedFile(new Descriptor(number), label));
    }
  }

  @Override
  public Instant keepTime(Instant modified) throws IOException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long seconds = modified.getEpochSecond();
      long times = scratch.structPointer(seconds, modified.getNano(), seconds, modified.getNano());
      checkResult(file.attemptOn(Syscall.UTIMENSAT, 0, times, 0));
      checkResult(StatCall.makeCall(scratch, file, scratch.putString(SELF)));
      return StatCall.resultOf(scratch, () -> label).modified();
    }
  }

  @Override
  public void setXattr(String xattr, byte[] value) throws IOException {
    if (value.length > ScratchMemory.DATA_SIZE) {
      throw FileSystemErrors.of(Errno.ERANGE, label);
    }
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      scratch.dataBuffer().put(value);
      long name = scratch.putString(xattr.getBytes(StandardCharsets.ISO_8859_1));
      long result = file.attemptOn(Syscall.FSETXATTR, name, scratch.dataPointer(), value.length, 0);
      // ext4 has no room for it in the inode and its block, however empty the disk is.
      checkResult(result == -Errno.ENOSPC.number() ? -Errno.E2BIG.number() : result);
    }
  }

  @Override
  public void setSize(long size) throws IOException {
    checkResult(file.attemptOn(Syscall.FTRUNCATE, size));
  }

  private void checkResult(long result) throws IOException {
    if (result < 0) {
      throw FileSystemErrors.of(Errno.of((int) -result), label);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
