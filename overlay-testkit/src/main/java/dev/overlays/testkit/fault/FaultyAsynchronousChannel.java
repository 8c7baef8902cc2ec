package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.ChannelOperations;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** An asynchronous channel. An operation counts when it begins, and fails through its result. */
final class FaultyAsynchronousChannel extends AsynchronousFileChannel {
  private final AsynchronousFileChannel inner;
  private final ChannelOperations operations;

  FaultyAsynchronousChannel(AsynchronousFileChannel inner, OperationFaults faults, String path) {
    this.inner = inner;
    operations = new ChannelOperations(faults, this, path);
  }

  @Override
  public <A> void read(
      ByteBuffer bytes,
      long position,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    try {
      operations.run(FileOperation.READ, () -> inner.read(bytes, position, attachment, handler));
    } catch (IOException e) {
      handler.failed(e, attachment);
    }
  }

  @Override
  public Future<Integer> read(ByteBuffer bytes, long position) {
    try {
      return operations.run(FileOperation.READ, () -> inner.read(bytes, position));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public <A> void write(
      ByteBuffer bytes,
      long position,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    try {
      operations.run(
          FileOperation.WRITE,
          () -> {
            operations.takeAllSpace(bytes.remaining());
            inner.write(bytes, position, attachment, handler);
          });
    } catch (IOException e) {
      handler.failed(e, attachment);
    }
  }

  @Override
  public Future<Integer> write(ByteBuffer bytes, long position) {
    try {
      return operations.run(
          FileOperation.WRITE,
          () -> {
            operations.takeAllSpace(bytes.remaining());
            return inner.write(bytes, position);
          });
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public long size() throws IOException {
    operations.throwIfCrashed();
    return inner.size();
  }

  @Override
  public AsynchronousFileChannel truncate(long size) throws IOException {
    operations.run(FileOperation.TRUNCATE, () -> inner.truncate(size));
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    operations.run(FileOperation.SYNC, () -> inner.force(metaData));
  }

  @Override
  public <A> void lock(
      long position,
      long size,
      boolean shared,
      A attachment,
      CompletionHandler<FileLock, ? super A> handler) {
    inner.lock(position, size, shared, attachment, handler);
  }

  @Override
  public Future<FileLock> lock(long position, long size, boolean shared) {
    return inner.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    operations.throwIfCrashed();
    return inner.tryLock(position, size, shared);
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
