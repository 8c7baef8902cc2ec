package dev.overlays.merge.oci;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/** Builds tar archives, also such that no honest tool writes. */
public final class TarBuilder {
  public static final int BLOCK_SIZE = 512;
  private static final int CHECK_SUM = 148;
  private static final int CHECK_SUM_LENGTH = 8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds a file with a text. */
  public TarBuilder addFile(String path, String text) {
    return addEntry(path, '0', "", text.getBytes(UTF_8), header -> {});
  }

  public TarBuilder addDirectory(String path) {
    return addEntry(path + "/", '5', "", new byte[0], header -> header.setMode(0755));
  }

  public TarBuilder addSymlink(String path, String target) {
    return addEntry(path, '2', target, new byte[0], header -> {});
  }

  public TarBuilder addHardLink(String path, String target) {
    return addEntry(path, '1', target, new byte[0], header -> {});
  }

  /** Adds an extended header for the next entry. */
  public TarBuilder addPaxRecords(String... keysAndValues) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      byte[] content = (' ' + keysAndValues[i] + '=' + keysAndValues[i + 1] + '\n').getBytes(UTF_8);
      int length = content.length + 1;
      while (Integer.toString(length).length() + content.length != length) {
        length++;
      }
      records.writeBytes(Integer.toString(length).getBytes(UTF_8));
      records.writeBytes(content);
    }
    return addEntry("pax", 'x', "", records.toByteArray(), header -> {});
  }

  public TarBuilder addEntry(
      String path, char letter, String link, byte[] data, Consumer<TarArchiveEntry> change) {
    TarArchiveEntry header = new TarArchiveEntry(path, (byte) letter, true);
    header.setLinkName(link);
    header.setMode(0644);
    header.setSize(data.length);
    header.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
    change.accept(header);
    byte[] block = new byte[BLOCK_SIZE];
    try {
      header.writeEntryHeader(block, ZipEncodingHelper.getZipEncoding(ISO_8859_1.name()), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return addBytes(block).addBytes(data).addBytes(new byte[-data.length & (BLOCK_SIZE - 1)]);
  }

  /**
   * Adds a header of which any byte may be set.
   *
   * @param size the size of the data in the header; no data is added
   * @param over bytes that replace those of the header where they are not zero
   * @param change changes the header before the check sum is computed
   */
  public TarBuilder addHeader(
      String path, char letter, int size, byte[] over, Consumer<byte[]> change) {
    byte[] block =
        new TarBuilder()
            .addEntry(path, letter, "", new byte[0], h -> h.setSize(size))
            .bytesWithoutEnd();
    for (int i = 0; i < BLOCK_SIZE; i++) {
      block[i] = over[i] != 0 ? over[i] : block[i];
    }
    change.accept(block);
    Arrays.fill(block, CHECK_SUM, CHECK_SUM + CHECK_SUM_LENGTH, (byte) ' ');
    long sum = 0;
    for (byte b : block) {
      sum += b & 0xff;
    }
    byte[] digits = "%06o\0".formatted(sum).getBytes(UTF_8);
    System.arraycopy(digits, 0, block, CHECK_SUM, digits.length);
    return addBytes(block);
  }

  public TarBuilder addBytes(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  /** Returns the archive without its end. */
  public byte[] bytesWithoutEnd() {
    return bytes.toByteArray();
  }

  public byte[] completeBytes() {
    return addBytes(new byte[2 * BLOCK_SIZE]).bytesWithoutEnd();
  }
}
