package dev.overlays.merge.oci.registry;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** What is sent to a registry: as long as it is taken, the registry is not silent. */
final class SentInput extends FilterInputStream {
  private final SilenceWatch watch;

  SentInput(InputStream in, SilenceWatch watch) {
    super(in);
    this.watch = watch;
  }

  @Override
  public int read() throws IOException {
    watch.beginWait();
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    watch.endWait();
    int got = super.read(bytes, offset, length);
    watch.beginWait();
    return got;
  }
}
