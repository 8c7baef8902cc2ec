package dev.overlays.cache;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Which image a directory holds. The record is kept beside the directory, and knows it by inode and
 * time of birth, so that it holds for the directory wherever it was moved to, and for no other.
 *
 * @param image the digest of the image
 * @param base the digest of the image that the registry had when this one was published; the same
 *     as {@code image} if the registry has this one
 * @param identity inode and time of birth of the directory
 * @param content the fingerprint of everything in it
 */
record LowerRecord(String image, String base, String identity, String content) {
  private static final int LINES = 4;

  /** Whether a registry has the image. */
  boolean isPublished() {
    return image.equals(base);
  }

  /** Returns a record that says that a registry has the image. */
  LowerRecord asPublished() {
    return new LowerRecord(image, image, identity, content);
  }

  /** Reads a record; a file of anything else is none. */
  static Optional<LowerRecord> read(Path file) throws IOException {
    try {
      List<String> lines = Files.readAllLines(file, UTF_8);
      return lines.size() == LINES
          ? Optional.of(new LowerRecord(lines.get(0), lines.get(1), lines.get(2), lines.get(3)))
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /** Writes the record durably: the file is whole or what it was before. */
  void write(Path file) throws IOException {
    Path written = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(written);
    try (FileChannel out =
        FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer rest =
          ByteBuffer.wrap(
              (String.join("\n", image, base, identity, content) + '\n').getBytes(UTF_8));
      while (rest.hasRemaining()) {
        out.write(rest);
      }
      out.force(true);
    }
    Files.move(written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
