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

  static final class FaultyOutput extends FilterOutputStream {
    private final OperationFaults faults;
    private final String path;

    FaultyOutput(OutputStream out, OperationFaults faults, String path) {
      super(out);
      this.faults = faults;
      this.path = path;
      faults.rememberHandle(this, path);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      faults.run(FileOperation.WRITE, () -> path, () -> writeFitting(bytes, offset, length));
    }

    private void writeFitting(byte[] bytes, int offset, int length) throws IOException {
      int fits = (int) faults.takeSpace(length);
      out.write(bytes, offset, fits);
      if (fits < length) {
        throw FaultKind.NO_SPACE.newException("", path);
      }
    }

    @Override
    public void close() throws IOException {
      faults.forgetHandle(this);
      out.close();
    }
  }

  static final class FaultyInput extends FilterInputStream {
    private final OperationFaults faults;
    private final String path;

    FaultyInput(InputStream in, OperationFaults faults, String path) {
      super(in);
      this.faults = faults;
      this.path = path;
      faults.rememberHandle(this, path);
    }

    @Override
    public int read() throws IOException {
      return faults.run(FileOperation.READ, () -> path, () -> in.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return faults.run(FileOperation.READ, () -> path, () -> in.read(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      faults.forgetHandle(this);
      in.close();
    }
  }
}
