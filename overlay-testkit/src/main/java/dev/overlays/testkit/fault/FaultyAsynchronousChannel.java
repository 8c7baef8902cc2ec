package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.ChannelWriting;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** An asynchronous channel: its operations are those that begin; a fault comes as their result. */
final class FaultyAsynchronousChannel extends AsynchronousFileChannel {
  private final AsynchronousFileChannel inner;
  private final OperationFaults faults;
  private final String path;

  FaultyAsynchronousChannel(AsynchronousFileChannel inner, OperationFaults faults, String path) {
    this.inner = inner;
    this.faults = faults;
    this.path = path;
    faults.opened(this, path);
  }

  @Override
  public <A> void read(
      ByteBuffer bytes,
      long position,
      A attachment,
      CompletionHandler<Integer, ? super A> handler) {
    try {
      faults.run(
          FileOperation.READ, () -> path, () -> inner.read(bytes, position, attachment, handler));
    } catch (IOException e) {
      handler.failed(e, attachment);
    }
  }

  @Override
  public Future<Integer> read(ByteBuffer bytes, long position) {
    try {
      return faults.run(FileOperation.READ, () -> path, () -> inner.read(bytes, position));
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
      faults.run(
          FileOperation.WRITE,
          () -> path,
          () -> {
            ChannelWriting.all(faults, path, bytes.remaining());
            inner.write(bytes, position, attachment, handler);
          });
    } catch (IOException e) {
      handler.failed(e, attachment);
    }
  }

  @Override
  public Future<Integer> write(ByteBuffer bytes, long position) {
    try {
      return faults.run(
          FileOperation.WRITE,
          () -> path,
          () -> {
            ChannelWriting.all(faults, path, bytes.remaining());
            return inner.write(bytes, position);
          });
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public long size() throws IOException {
    faults.alive();
    return inner.size();
  }

  @Override
  public AsynchronousFileChannel truncate(long size) throws IOException {
    faults.run(FileOperation.TRUNCATE, () -> path, () -> inner.truncate(size));
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    faults.run(FileOperation.SYNC, () -> path, () -> inner.force(metaData));
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
    faults.alive();
    return inner.tryLock(position, size, shared);
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
