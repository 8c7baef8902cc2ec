package dev.overlays.testkit.layer;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Streams whose reads and writes run as operations, and which count as open until they are closed.
 */
final class FaultyStreams {
  private FaultyStreams() {}

  static final class Output extends FilterOutputStream {
    private final Faults faults;
    private final String path;

    Output(OutputStream out, Faults faults, String path) {
      super(out);
      this.faults = faults;
      this.path = path;
      faults.opened(this, path);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      faults.run(Operation.WRITE, () -> path, () -> fitting(bytes, offset, length));
    }

    private void fitting(byte[] bytes, int offset, int length) throws IOException {
      int fits = (int) faults.take(length);
      out.write(bytes, offset, fits);
      if (fits < length) {
        throw Fault.NO_SPACE.exception("", path);
      }
    }

    @Override
    public void close() throws IOException {
      faults.closed(this);
      out.close();
    }
  }

  static final class Input extends FilterInputStream {
    private final Faults faults;
    private final String path;

    Input(InputStream in, Faults faults, String path) {
      super(in);
      this.faults = faults;
      this.path = path;
      faults.opened(this, path);
    }

    @Override
    public int read() throws IOException {
      return faults.run(Operation.READ, () -> path, () -> in.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return faults.run(Operation.READ, () -> path, () -> in.read(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      faults.closed(this);
      in.close();
    }
  }
}
