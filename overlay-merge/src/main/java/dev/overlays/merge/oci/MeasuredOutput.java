package dev.overlays.merge.oci;

import java.io.IOException;
import java.io.OutputStream;

/** Passes on what is written, and measures it. Closing it leaves the underlying stream open. */
final class MeasuredOutput extends OutputStream {
  private final OutputStream out;
  private final Digest digest;

  MeasuredOutput(OutputStream out, Digest digest) {
    this.out = out;
    this.digest = digest;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    digest.add(bytes, offset, length);
    out.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
