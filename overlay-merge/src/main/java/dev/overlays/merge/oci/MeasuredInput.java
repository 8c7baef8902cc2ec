package dev.overlays.merge.oci;

import java.io.IOException;
import java.io.InputStream;

/**
 * Passes on what is read, measures it, and remembers whether reading has failed. It may refuse to
 * read on and on where nothing comes of it: names and comments of gzip have no end, and go to the
 * heap.
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

  /** Refuses to read more bytes than these of which none has been of use. */
  void limitIdle(long bytes, ArchiveRefusals newRefusals) {
    mostIdle = bytes;
    refusals = newRefusals;
  }

  /** Says that something has come of what was read so far. */
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
      throw refusals.tooLarge("The archive has more headers of gzip than the limit.");
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

  /** What has failed; null if nothing has. */
  IOException failureOf() {
    return failure;
  }
}
