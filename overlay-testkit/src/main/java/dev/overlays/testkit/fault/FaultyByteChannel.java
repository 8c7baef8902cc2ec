package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.ChannelOperations;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;

/** A channel whose reads and writes run as operations. */
final class FaultyByteChannel implements SeekableByteChannel {
  private final SeekableByteChannel inner;
  private final ChannelOperations operations;

  private FaultyByteChannel(SeekableByteChannel inner, OperationFaults faults, String path) {
    this.inner = inner;
    operations = new ChannelOperations(faults, this, path);
  }

  /** Wraps a channel; a file channel stays one, since callers may cast it. */
  static SeekableByteChannel of(SeekableByteChannel inner, OperationFaults faults, String path) {
    return inner instanceof FileChannel channel
        ? faults.wrapChannel(channel, path)
        : new FaultyByteChannel(inner, faults, path);
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return operations.run(FileOperation.READ, () -> inner.read(bytes));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return operations.writeFitting(bytes, inner::write);
  }

  @Override
  public long position() throws IOException {
    operations.throwIfCrashed();
    return inner.position();
  }

  @Override
  public SeekableByteChannel position(long newPosition) throws IOException {
    operations.throwIfCrashed();
    inner.position(newPosition);
    return this;
  }

  @Override
  public long size() throws IOException {
    operations.throwIfCrashed();
    return inner.size();
  }

  @Override
  public SeekableByteChannel truncate(long size) throws IOException {
    operations.run(FileOperation.TRUNCATE, () -> inner.truncate(size));
    return this;
  }

  @Override
  public boolean isOpen() {
    return inner.isOpen();
  }

  @Override
  public void close() throws IOException {
    operations.forgetChannel();
    inner.close();
  }
}
