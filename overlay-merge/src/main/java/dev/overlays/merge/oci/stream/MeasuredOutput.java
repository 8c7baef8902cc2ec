package dev.overlays.merge.oci.stream;

import java.io.IOException;
import java.io.OutputStream;

/** Passes on what is written, and measures it. Closing it leaves the underlying stream open. */
public final class MeasuredOutput extends OutputStream {
  private final OutputStream out;
  private final BlobDigest digest;

  public MeasuredOutput(OutputStream out, BlobDigest digest) {
    this.out = out;
    this.digest = digest;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    digest.addBytes(bytes, offset, length);
    out.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }
}
