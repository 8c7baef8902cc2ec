package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.ChannelWriting;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/** A channel whose reads and writes are operations, and which is seen until it is closed. */
final class FaultyChannel implements SeekableByteChannel {
  private final SeekableByteChannel inner;
  private final OperationFaults faults;
  private final String path;

  private FaultyChannel(SeekableByteChannel inner, OperationFaults faults, String path) {
    this.inner = inner;
    this.faults = faults;
    this.path = path;
    faults.opened(this, path);
  }

  /** A file channel stays one, for whoever has it cast. */
  static SeekableByteChannel of(SeekableByteChannel inner, OperationFaults faults, String path) {
    return inner instanceof FileChannel channel
        ? faults.watch(channel, path)
        : new FaultyChannel(inner, faults, path);
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return faults.run(FileOperation.READ, () -> path, () -> inner.read(bytes));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return ChannelWriting.write(faults, path, bytes, inner::write);
  }

  @Override
  public long position() throws IOException {
    faults.alive();
    return inner.position();
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    faults.alive();
    inner.position(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    faults.alive();
    return inner.size();
  }

  @Override
  public SeekableByteChannel truncate(long size) throws IOException {
    faults.run(FileOperation.TRUNCATE, () -> path, () -> inner.truncate(size));
    return this;
  }

  @Override
  public boolean isOpen() {
    return inner.isOpen();
  }

  @Override
  public void close() throws IOException {
    faults.closed(this);
    inner.close();
  }
}
