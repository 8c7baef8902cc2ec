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
  static Optional<UnnamedFile> in(Descriptor directory, String label) throws IOException {
    int flags = UNNAMED | OpenFlags.RDWR | OpenFlags.CLOEXEC;
    try (ScratchMemory scratch = ScratchMemory.borrow()) {
      long number = directory.attempt(Syscall.OPENAT, scratch.string(HERE), flags, OWNER_ONLY);
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
    try (ScratchMemory scratch = ScratchMemory.borrow()) {
      long seconds = modified.getEpochSecond();
      long times = scratch.struct(seconds, modified.getNano(), seconds, modified.getNano());
      check(file.attempt(Syscall.UTIMENSAT, 0, times, 0));
      check(StatCall.make(scratch, file, scratch.string(SELF)));
      return StatCall.result(scratch, () -> label).modified();
    }
  }

  @Override
  public void setXattr(String xattr, byte[] value) throws IOException {
    if (value.length > ScratchMemory.DATA_SIZE) {
      throw FileSystemErrors.of(Errno.ERANGE, label);
    }
    try (ScratchMemory scratch = ScratchMemory.borrow()) {
      scratch.dataBuffer().put(value);
      long name = scratch.string(xattr.getBytes(StandardCharsets.ISO_8859_1));
      long result = file.attempt(Syscall.FSETXATTR, name, scratch.data(), value.length, 0);
      // ext4 has no room for it in the inode and its block, however empty the disk is.
      check(result == -Errno.ENOSPC.number() ? -Errno.E2BIG.number() : result);
    }
  }

  @Override
  public void setSize(long size) throws IOException {
    check(file.attempt(Syscall.FTRUNCATE, size));
  }

  private void check(long result) throws IOException {
    if (result < 0) {
      throw FileSystemErrors.of(Errno.of((int) -result), label);
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
