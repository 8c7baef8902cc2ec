package dev.overlays.merge.oci.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;

/** What a registry sends. A read that gets nothing for too long is ended, and says so. */
final class WatchedInput extends FilterInputStream {
  private final RegistryRefusals refusals;
  private final Duration limit;
  private final SilenceWatch watch;

  WatchedInput(InputStream in, Duration limit, RegistryRefusals refusals) {
    super(in);
    this.refusals = refusals;
    this.limit = limit;
    this.watch = SilenceWatch.start(limit, () -> closeQuietly(in));
  }

  /** Closing ends a read of the HTTP client's streams, which an interruption does not. */
  private static void closeQuietly(InputStream in) {
    try {
      in.close();
    } catch (IOException e) {
      // The read fails in any case.
      return;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    watch.beginWait();
    try {
      int got = super.read(bytes, offset, length);
      if (got < 0 && watch.wasSilent()) {
        throw refusals.silent(limit);
      }
      return got;
    } catch (IOException e) {
      if (watch.wasSilent()) {
        throw refusals.silent(limit);
      }
      throw e;
    } finally {
      watch.endWait();
    }
  }

  @Override
  public void close() throws IOException {
    watch.close();
    super.close();
  }
}
