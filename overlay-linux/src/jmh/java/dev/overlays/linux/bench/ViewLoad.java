package dev.overlays.linux.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/** The operations that are measured in a view, or in a plain directory of the same content. */
record ViewLoad(Path root) {
  private static final int DIRECTORIES = 50;
  private static final int FILES = 100;
  private static final int BLOCK = 1 << 20;
  private static final int BLOCKS = 256;

  /** Makes the content of a lower: 5,000 small files, and one of 256 MiB. */
  void makeFiles() throws IOException {
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = Files.createDirectories(root.resolve("d" + i));
      for (int j = 0; j < FILES; j++) {
        Files.writeString(directory.resolve("f" + j), "file " + j);
      }
    }
    writeFile(root.resolve("big"));
  }

  /**
   * Stats every file, and creates, renames, changes and deletes some; returns the number of calls.
   */
  int changeMetadata() throws IOException {
    int calls = 0;
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = root.resolve("d" + i);
      for (int j = 0; j < FILES; j++) {
        Files.size(directory.resolve("f" + j));
        Files.createFile(directory.resolve("n" + j));
        Files.move(directory.resolve("n" + j), directory.resolve("m" + j));
        calls += 3;
      }
      for (int j = 0; j < FILES; j += 4) {
        Path changed = directory.resolve("f" + j);
        Files.setPosixFilePermissions(changed, PosixFilePermissions.fromString("rw-r-----"));
        Files.delete(directory.resolve("f" + (j + 1)));
        Files.delete(directory.resolve("m" + j));
        calls += 3;
      }
    }
    return calls;
  }

  /** Reads the big file, writes another, and reads that; returns the number of bytes. */
  long copyData() throws IOException {
    return readFile(root.resolve("big"))
        + writeFile(root.resolve("new"))
        + readFile(root.resolve("new"));
  }

  private static long writeFile(Path file) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < BLOCKS; i++) {
        channel.write(block.clear().putInt(0, i));
      }
    }
    return (long) BLOCKS * BLOCK;
  }

  private static long readFile(Path file) throws IOException {
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK);
    long bytes = 0;
    try (FileChannel channel = FileChannel.open(file)) {
      for (int n = channel.read(block); n >= 0; n = channel.read(block.clear())) {
        bytes += n;
      }
    }
    return bytes;
  }
}
