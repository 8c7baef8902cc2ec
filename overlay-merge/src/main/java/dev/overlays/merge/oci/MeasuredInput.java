package dev.overlays.merge.oci;

import java.io.IOException;
import java.io.InputStream;

/** Passes on what is read, measures it, and remembers whether reading has failed. */
final class MeasuredInput extends InputStream {
  private final InputStream in;
  private final Digest digest;
  private IOException failure;

  MeasuredInput(InputStream in, Digest digest) {
    this.in = in;
    this.digest = digest;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int count = in.read(bytes, offset, length);
      if (count > 0) {
        digest.add(bytes, offset, count);
      }
      return count;
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }

  /** What has failed; null if nothing has. */
  IOException failure() {
    return failure;
  }
}
