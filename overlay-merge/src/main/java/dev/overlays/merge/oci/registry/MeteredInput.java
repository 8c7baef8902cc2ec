package dev.overlays.merge.oci.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * What is sent to a registry. It counts the bytes, and remembers why reading failed, because the
 * HTTP client tells only that the connection broke.
 */
final class MeteredInput extends FilterInputStream {
  private final TransferMeter meter;
  private IOException failure;
  private RuntimeException interruption;

  MeteredInput(InputStream in, TransferMeter meter) {
    super(in);
    this.meter = meter;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      int got = super.read(bytes, offset, length);
      if (got > 0) {
        meter.addBytes(got);
      }
      return got;
    } catch (IOException e) {
      failure = e;
      throw e;
    } catch (RuntimeException e) {
      interruption = e;
      throw e;
    }
  }

  /** Throws what has made reading fail, if anything has. */
  void rethrowFailure() throws IOException {
    if (failure != null) {
      throw failure;
    }
    if (interruption != null) {
      throw interruption;
    }
  }
}
