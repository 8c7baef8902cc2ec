package dev.overlays.merge.oci.stream;

import dev.overlays.merge.oci.tar.ArchiveRefusals;
import java.io.IOException;
import java.io.InputStream;

/**
 * Passes on what is read, measures it, and remembers whether reading has failed. It can limit how
 * much is read without any result: names and comments of gzip may be endless, and decompressors
 * keep them on the heap.
 */
public final class MeasuredInput extends InputStream {
  private final InputStream in;
  private final BlobDigest digest;
  private IOException readFailure;
  private long idleLimit = Long.MAX_VALUE;
  private long usedBytes;
  private ArchiveRefusals refusals;

  public MeasuredInput(InputStream in, BlobDigest digest) {
    this.in = in;
    this.digest = digest;
  }

  /** Limits the bytes that may be read in a row without any result. */
  public void limitIdle(long bytes, ArchiveRefusals newRefusals) {
    idleLimit = bytes;
    refusals = newRefusals;
  }

  /** Notes that the bytes read so far had a result. */
  void markUsed() {
    usedBytes = digest.byteCount();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    if (digest.byteCount() - usedBytes > idleLimit) {
      throw refusals.tooLarge("The headers of gzip in the archive are longer than the limit.");
    }
    try {
      int count = in.read(bytes, offset, length);
      if (count > 0) {
        digest.addBytes(bytes, offset, count);
      }
      return count;
    } catch (IOException e) {
      readFailure = e;
      throw e;
    }
  }

  /** Returns the failure of a read; null if none has failed. */
  public IOException readFailure() {
    return readFailure;
  }
}
