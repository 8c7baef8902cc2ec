package dev.overlays.merge.oci.tar;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.value.OciLimits;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Reads the entries of an archive one after the other. commons-compress parses single headers only:
 * its stream would keep long names and sparse maps of any length in memory, and read extended
 * attributes as text.
 */
public final class TarReader {
  private static final int BLOCK_SIZE = TarConstants.DEFAULT_RCDSIZE;

  /** Tools pad the last record, which usually has 10 KiB. */
  private static final int MOST_PADDING = 1 << 20;

  private final InputStream tar;
  private final ArchiveRefusals refusals;
  private final OciLimits limits;
  private final byte[] block = new byte[BLOCK_SIZE];
  private long headerCount;
  private long dataLeft;
  private long padding;

  public TarReader(InputStream tar, ArchiveRefusals refusals, OciLimits limits) {
    this.tar = tar;
    this.refusals = refusals;
    this.limits = limits;
  }

  /** Returns the next entry; null at the end. Data behind the end is refused. */
  public TarEntry nextEntry() throws IOException {
    skipBytes(dataLeft + padding);
    ExtendedHeader extended = new ExtendedHeader(refusals);
    int most = limits.headerBytes();
    while (true) {
      if (!readHeader()) {
        if (!extended.isEmpty()) {
          throw refusals.brokenArchive("it ends after an extended header");
        }
        return null;
      }
      PlainHeader header = parseHeader();
      byte letter = header.letter();
      if (!ExtendedHeader.isExtendedHeader(letter)) {
        TarEntry entry = extended.createEntry(header, block);
        beginData(entry.size());
        return entry.kind() == TarKind.FILE ? withSparseMap(extended, entry) : entry;
      }
      RawPath name = header.name();
      if (header.size() > most) {
        throw refusals.tooLarge(name, "has extended headers of more than the limit");
      }
      most -= (int) header.size();
      beginData(header.size());
      byte[] content = new byte[(int) header.size()];
      if (entryData().readNBytes(content, 0, content.length) < content.length) {
        throw truncatedArchive();
      }
      skipBytes(padding);
      extended.addHeader(letter, content);
    }
  }

  /** Returns a file with its sparse map, which may precede its data. */
  private TarEntry withSparseMap(ExtendedHeader extended, TarEntry entry) throws IOException {
    SparseMap map = extended.readSparseMap(block, entry, this::nextBlock, limits.headerBytes());
    return map == null ? entry : entry.withSparse(map);
  }

  private byte[] nextBlock(boolean ofData) throws IOException {
    byte[] next = new byte[BLOCK_SIZE];
    if ((ofData ? entryData() : tar).readNBytes(next, 0, BLOCK_SIZE) < BLOCK_SIZE) {
      throw truncatedArchive();
    }
    return next;
  }

  private void beginData(long size) {
    dataLeft = size;
    padding = -size & (BLOCK_SIZE - 1);
  }

  /** Reads a header; returns false at the end. */
  private boolean readHeader() throws IOException {
    int length = tar.readNBytes(block, 0, BLOCK_SIZE);
    if (length == 0) {
      throw refusals.brokenArchive("it ends without an end marker");
    }
    if (length < BLOCK_SIZE) {
      throw truncatedArchive();
    }
    if (isZero(block, BLOCK_SIZE)) {
      checkEnd();
      return false;
    }
    if (++headerCount > limits.entries() * 4) {
      throw refusals.tooLarge("The archive has more headers than the limit of entries allows.");
    }
    return true;
  }

  private PlainHeader parseHeader() throws OverlayException {
    try {
      return PlainHeader.parse(block);
    } catch (IOException | RuntimeException e) {
      throw refusals.brokenArchive(
          "a header cannot be read (" + e.getMessage() + "), or its compression is unknown");
    }
  }

  private void checkEnd() throws IOException {
    byte[] buffer = new byte[1 << 13];
    long zeros = 0;
    int length = tar.readNBytes(buffer, 0, buffer.length);
    while (length > 0) {
      zeros += length;
      if (zeros > MOST_PADDING || !isZero(buffer, length)) {
        throw refusals.brokenArchive("data follows its end");
      }
      length = tar.readNBytes(buffer, 0, buffer.length);
    }
  }

  private static boolean isZero(byte[] bytes, int length) {
    return Arrays.mismatch(bytes, 0, length, new byte[length], 0, length) < 0;
  }

  private OverlayException truncatedArchive() {
    return refusals.brokenArchive("it ends in the middle of an entry");
  }

  private void skipBytes(long bytes) throws IOException {
    try {
      tar.skipNBytes(bytes);
    } catch (EOFException e) {
      throw truncatedArchive();
    }
    dataLeft = 0;
    padding = 0;
  }

  /** Returns the rest of the data of the file that {@link #nextEntry} has returned. */
  public InputStream entryData() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (dataLeft == 0) {
          return -1;
        }
        int count = tar.read(bytes, offset, (int) Math.min(length, dataLeft));
        if (count < 0) {
          throw truncatedArchive();
        }
        dataLeft -= count;
        return count;
      }
    };
  }
}
