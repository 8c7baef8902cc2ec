package dev.overlays.merge.oci;

import java.io.IOException;
import java.io.InputStream;

/**
 * Passes on what is read, measures it, and remembers whether reading has failed. It can limit how
 * much is read without any result: names and comments of gzip may be endless, and decompressors
 * keep them on the heap.
 */
final class MeasuredInput extends InputStream {
  private final InputStream in;
  private final BlobDigest digest;
  private IOException failure;
  private long mostIdle = Long.MAX_VALUE;
  private long used;
  private ArchiveRefusals refusals;

  MeasuredInput(InputStream in, BlobDigest digest) {
    this.in = in;
    this.digest = digest;
  }

  /** Limits the bytes that may be read in a row without any result. */
  void limitIdle(long bytes, ArchiveRefusals newRefusals) {
    mostIdle = bytes;
    refusals = newRefusals;
  }

  /** Notes that the bytes read so far had a result. */
  void useBytes() {
    used = digest.bytesCounted();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (digest.bytesCounted() - used > mostIdle) {
      throw refusals.tooLarge("The headers of gzip in the archive are longer than the limit.");
    }
    try {
      int count = in.read(bytes, offset, length);
      if (count > 0) {
        digest.addBytes(bytes, offset, count);
      }
      return count;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** Returns the failure of a read; null if none has failed. */
  IOException failureOf() {
    return failure;
  }
}
