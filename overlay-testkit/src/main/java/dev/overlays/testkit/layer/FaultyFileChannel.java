package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A file channel whose reads and writes are operations. */
final class FaultyFileChannel extends FileChannel {
  private final FileChannel inner;
  private final ChannelOperations operations;

  FaultyFileChannel(FileChannel inner, OperationFaults faults, String path) {
    this.inner = inner;
    operations = new ChannelOperations(faults, this, path);
  }

  @Override
  public int read(ByteBuffer bytes) throws IOException {
    return operations.run(FileOperation.READ, () -> inner.read(bytes));
  }

  @Override
  public long read(ByteBuffer[] buffers, int offset, int length) throws IOException {
    return operations.run(FileOperation.READ, () -> inner.read(buffers, offset, length));
  }

  @Override
  public int read(ByteBuffer bytes, long position) throws IOException {
    return operations.run(FileOperation.READ, () -> inner.read(bytes, position));
  }

  @Override
  public int write(ByteBuffer bytes) throws IOException {
    return operations.writeFitting(bytes, inner::write);
  }

  /** Writes one buffer after the other, until one does not fit. */
  @Override
  public long write(ByteBuffer[] buffers, int offset, int length) throws IOException {
    long written = 0;
    for (int i = offset; i < offset + length; i++) {
      int wanted = buffers[i].remaining();
      int now = wanted == 0 ? 0 : write(buffers[i]);
      written += now;
      if (now < wanted) {
        break;
      }
    }
    return written;
  }

  @Override
  public int write(ByteBuffer bytes, long position) throws IOException {
    return operations.writeFitting(bytes, part -> inner.write(part, position));
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return operations.run(FileOperation.READ, () -> inner.transferTo(position, count, target));
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    return operations.run(
        FileOperation.WRITE,
        () -> {
          long fits = operations.takeFittingSpace(count);
          long written = inner.transferFrom(source, position, fits);
          operations.giveBackSpace(fits - written);
          return written;
        });
  }

  @Override
  public long position() throws IOException {
    operations.throwIfCrashed();
    return inner.position();
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
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
  public FileChannel truncate(long size) throws IOException {
    operations.run(FileOperation.TRUNCATE, () -> inner.truncate(size));
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    operations.run(FileOperation.SYNC, () -> inner.force(metaData));
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    FileOperation operation = mode == MapMode.READ_WRITE ? FileOperation.WRITE : FileOperation.READ;
    return operations.run(operation, () -> inner.map(mode, position, size));
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    operations.throwIfCrashed();
    return new ChannelLock(inner.lock(position, size, shared));
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    operations.throwIfCrashed();
    FileLock lock = inner.tryLock(position, size, shared);
    return lock == null ? null : new ChannelLock(lock);
  }

  /** A lock that is acquired by this channel and held by the wrapped one. */
  private final class ChannelLock extends FileLock {
    private final FileLock held;

    ChannelLock(FileLock held) {
      super(FaultyFileChannel.this, held.position(), held.size(), held.isShared());
      this.held = held;
    }

    @Override
    public boolean isValid() {
      return held.isValid();
    }

    @Override
    public void release() throws IOException {
      held.release();
    }
  }

  @Override
  protected void implCloseChannel() throws IOException {
    operations.forgetChannel();
    inner.close();
  }
}
