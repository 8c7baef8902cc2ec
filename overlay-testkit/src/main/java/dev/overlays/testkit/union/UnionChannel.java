package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * A channel of a file of the view. It keeps its own position, because the layer's file behind it
 * may change.
 */
final class UnionChannel extends FileChannel {
  private final UnionTree tree;
  private final LayerFile file;
  private final OpenChoices flags;
  private final Object positionLock = new Object();
  private long position;

  UnionChannel(UnionTree tree, LayerFile file, OpenChoices flags, Path path) {
    this.tree = tree;
    this.file = file;
    this.flags = flags;
    OpenHandle.HandleKind kind =
        flags.write() ? OpenHandle.HandleKind.WRITER : OpenHandle.HandleKind.READER;
    tree.handleRegistry().handleOpened(this, new OpenHandle(path, kind));
  }

  @FunctionalInterface
  private interface ChannelUse<T> {
    T applyTo(FileChannel real) throws IOException;
  }

  private <T> T useFile(ChannelUse<T> use) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    try {
      return use.applyTo(file.currentChannel());
    } catch (ClosedByInterruptException e) {
      close();
      throw e;
    }
  }

  private <T> T useForReading(ChannelUse<T> use) throws IOException {
    if (isOpen() && !flags.read()) {
      throw new NonReadableChannelException();
    }
    return useFile(use);
  }

  private <T> T useForWriting(ChannelUse<T> use) throws IOException {
    if (isOpen() && !flags.write()) {
      throw new NonWritableChannelException();
    }
    return useFile(
        real -> {
          T result = use.applyTo(real);
          if (flags.sync() || flags.dataSync()) {
            real.force(flags.sync());
          }
          return result;
        });
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    synchronized (positionLock) {
      int count = read(target, position);
      position += Math.max(count, 0);
      return count;
    }
  }

  @Override
  public int read(ByteBuffer target, long at) throws IOException {
    return useForReading(real -> real.read(target, at));
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    synchronized (positionLock) {
      return useForReading(
          real -> {
            real.position(position);
            long count = real.read(targets, offset, length);
            position += Math.max(count, 0);
            return count;
          });
    }
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    synchronized (positionLock) {
      if (flags.append()) {
        return write(source, 0);
      }
      int count = write(source, position);
      position += count;
      return count;
    }
  }

  @Override
  public int write(ByteBuffer source, long at) throws IOException {
    if (!source.hasRemaining()) {
      // Other providers, such as jimfs, extend the file for an empty write.
      return useForWriting(real -> 0);
    }
    if (!flags.append()) {
      return useForWriting(real -> real.write(source, at));
    }
    synchronized (file.appendLock()) {
      return useForWriting(real -> real.write(source, real.size()));
    }
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    synchronized (positionLock) {
      synchronized (file.appendLock()) {
        return useForWriting(
            real -> {
              real.position(flags.append() ? real.size() : position);
              long count = real.write(sources, offset, length);
              position += count;
              return count;
            });
      }
    }
  }

  @Override
  public long position() throws IOException {
    synchronized (positionLock) {
      return useFile(real -> flags.append() ? real.size() : position);
    }
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    if (newPosition < 0) {
      throw new IllegalArgumentException();
    }
    synchronized (positionLock) {
      useFile(real -> position = newPosition);
    }
    return this;
  }

  @Override
  public long size() throws IOException {
    return useFile(FileChannel::size);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    synchronized (positionLock) {
      // A file that is not longer must stay as it is; not every provider ensures that.
      useForWriting(real -> size < real.size() ? real.truncate(size) : real);
      position = Math.min(position, size);
    }
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    useFile(
        real -> {
          real.force(metaData);
          return real;
        });
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
    return useForReading(real -> real.transferTo(at, count, target));
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
    if (!flags.append()) {
      return useForWriting(real -> real.transferFrom(source, at, count));
    }
    synchronized (file.appendLock()) {
      return useForWriting(real -> real.transferFrom(source, real.size(), count));
    }
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) throws IOException {
    if (isOpen() && !flags.read()) {
      throw new NonReadableChannelException();
    }
    if (isOpen() && mode != MapMode.READ_ONLY && !flags.write()) {
      throw new NonWritableChannelException();
    }
    return useFile(real -> real.map(mode, at, size));
  }

  @Override
  public FileLock lock(long at, long size, boolean shared) throws IOException {
    requireLockable(shared);
    return useFile(real -> new UnionLock(this, real.lock(at, size, shared)));
  }

  @Override
  public FileLock tryLock(long at, long size, boolean shared) throws IOException {
    requireLockable(shared);
    return useFile(
        real -> {
          FileLock lock = real.tryLock(at, size, shared);
          return lock == null ? null : new UnionLock(this, lock);
        });
  }

  private void requireLockable(boolean shared) {
    if (isOpen() && shared && !flags.read()) {
      throw new NonReadableChannelException();
    }
    if (isOpen() && !shared && !flags.write()) {
      throw new NonWritableChannelException();
    }
  }

  @Override
  protected void implCloseChannel() throws IOException {
    try {
      file.close();
    } finally {
      tree.handleRegistry().handleClosed(this);
    }
  }
}
