package dev.overlays.linux.layer;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.Supplier;

/** Reads an open file. */
final class FileInput extends InputStream {
  private final Descriptor file;
  private final Supplier<String> path;

  FileInput(Descriptor file, Supplier<String> path) {
    this.file = file;
    this.path = path;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      int most = Math.min(length, ScratchMemory.DATA_SIZE);
      long result = file.attemptOn(Syscall.READ, scratch.dataPointer(), most, 0, 0, 0);
      if (result < 0) {
        throw FileSystemErrors.of(Errno.of((int) -result), path.get());
      }
      scratch.dataBuffer().get(bytes, offset, (int) result);
      return result == 0 ? -1 : (int) result;
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
