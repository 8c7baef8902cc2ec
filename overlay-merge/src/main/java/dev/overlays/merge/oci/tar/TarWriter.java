package dev.overlays.merge.oci.tar;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Writes entries one after the other; the same entries give the same bytes. */
public final class TarWriter {
  private static final int END_BLOCKS = 2;

  private final OutputStream out;
  private final byte[] buffer = new byte[1 << 16];

  /** Makes a writer; the stream stays open. */
  public TarWriter(OutputStream out) {
    this.out = out;
  }

  /** Writes an entry without data. */
  public void putEntry(TarEntry entry) throws IOException {
    putHeaders(entry);
  }

  /** Writes entries whose bytes are known: whole blocks. */
  public void putBytes(byte[] bytes, int length) throws IOException {
    out.write(bytes, 0, length);
  }

  /**
   * Writes a file.
   *
   * @param data at least as many bytes as the entry says
   * @return whether the data had exactly that many bytes
   */
  public boolean putEntry(TarEntry entry, InputStream data) throws IOException {
    putHeaders(entry);
    long left = entry.size();
    while (left > 0) {
      int length = data.read(buffer, 0, (int) Math.min(left, buffer.length));
      if (length < 0) {
        return false;
      }
      out.write(buffer, 0, length);
      left -= length;
    }
    putZeros((int) (TarHeaders.paddedLength(entry.size()) - entry.size()));
    return data.read() < 0;
  }

  private void putHeaders(TarEntry entry) throws IOException {
    TarHeaders headers = TarHeaders.of(entry);
    byte[] bytes = new byte[headers.byteLength()];
    headers.copyTo(bytes, 0);
    out.write(bytes);
  }

  private void putZeros(int length) throws IOException {
    out.write(new byte[length]);
  }

  public void finishArchive() throws IOException {
    putZeros(END_BLOCKS * TarHeaders.BLOCK_SIZE);
  }
}
