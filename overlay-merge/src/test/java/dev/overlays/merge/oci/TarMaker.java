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
final class TarMaker {
  static final int BLOCK = 512;
  private static final int CHECK_SUM = 148;
  private static final int CHECK_SUM_LENGTH = 8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds a file with a text. */
  TarMaker file(String path, String text) {
    return entry(path, '0', "", text.getBytes(UTF_8), header -> {});
  }

  TarMaker directory(String path) {
    return entry(path + "/", '5', "", new byte[0], header -> header.setMode(0755));
  }

  TarMaker symlink(String path, String target) {
    return entry(path, '2', target, new byte[0], header -> {});
  }

  TarMaker hardLink(String path, String target) {
    return entry(path, '1', target, new byte[0], header -> {});
  }

  /** Adds an extended header for the next entry. */
  TarMaker pax(String... keysAndValues) {
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
    return entry("pax", 'x', "", records.toByteArray(), header -> {});
  }

  TarMaker entry(
      String path, char letter, String link, byte[] data, Consumer<TarArchiveEntry> change) {
    TarArchiveEntry header = new TarArchiveEntry(path, (byte) letter, true);
    header.setLinkName(link);
    header.setMode(0644);
    header.setSize(data.length);
    header.setLastModifiedTime(FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
    change.accept(header);
    byte[] block = new byte[BLOCK];
    try {
      header.writeEntryHeader(block, ZipEncodingHelper.getZipEncoding(ISO_8859_1.name()), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return raw(block).raw(data).raw(new byte[-data.length & (BLOCK - 1)]);
  }

  /**
   * Adds a header of which any byte may be set.
   *
   * @param size the size of the data in the header; no data is added
   * @param over bytes that replace those of the header where they are not zero
   * @param change changes the header before the check sum is computed
   */
  TarMaker header(String path, char letter, int size, byte[] over, Consumer<byte[]> change) {
    byte[] block = new TarMaker().entry(path, letter, "", new byte[0], h -> h.setSize(size)).open();
    for (int i = 0; i < BLOCK; i++) {
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
    return raw(block);
  }

  TarMaker raw(byte[] more) {
    bytes.writeBytes(more);
    return this;
  }

  /** Returns the archive without its end. */
  byte[] open() {
    return bytes.toByteArray();
  }

  byte[] closed() {
    return raw(new byte[2 * BLOCK]).open();
  }
}
