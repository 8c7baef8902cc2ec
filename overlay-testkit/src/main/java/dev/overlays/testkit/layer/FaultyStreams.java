package dev.overlays.testkit.layer;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Streams whose writes are operations, and which are seen until they are closed. */
final class FaultyStreams {
  private FaultyStreams() {}

  static final class Output extends FilterOutputStream {
    private final Faults faults;
    private final OpenHandles handles;
    private final String path;

    Output(OutputStream out, Faults faults, OpenHandles handles, String path) {
      super(out);
      this.faults = faults;
      this.handles = handles;
      this.path = path;
      handles.opened(this, path);
    }

    @Override
    public void write(int b) throws IOException {
      faults.step(Operation.WRITE, path, () -> out.write(b));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      faults.step(Operation.WRITE, path, () -> out.write(bytes, offset, length));
    }

    @Override
    public void close() throws IOException {
      handles.closed(this);
      out.close();
    }
  }

  static final class Input extends FilterInputStream {
    private final Faults faults;
    private final OpenHandles handles;

    Input(InputStream in, Faults faults, OpenHandles handles, String path) {
      super(in);
      this.faults = faults;
      this.handles = handles;
      handles.opened(this, path);
    }

    @Override
    public int read() throws IOException {
      faults.alive();
      return in.read();
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      faults.alive();
      return in.read(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      handles.closed(this);
      in.close();
    }
  }
}
