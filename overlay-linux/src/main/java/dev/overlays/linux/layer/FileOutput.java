package dev.overlays.linux.layer;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.function.Supplier;

/** Writes an open file. */
final class FileOutput extends OutputStream {
  private final Descriptor file;
  private final Supplier<String> path;

  FileOutput(Descriptor file, Supplier<String> path) {
    this.file = file;
    this.path = path;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      int done = 0;
      while (done < length) {
        int part = Math.min(length - done, ScratchMemory.DATA_SIZE);
        scratch.dataBuffer().put(bytes, offset + done, part);
        long result = file.attemptOn(Syscall.WRITE, scratch.dataPointer(), part, 0, 0, 0);
        if (result < 0) {
          throw FileSystemErrors.of(Errno.of((int) -result), path.get());
        }
        done += (int) result;
      }
    }
  }

  @Override
  public void close() {
    file.close();
  }
}
