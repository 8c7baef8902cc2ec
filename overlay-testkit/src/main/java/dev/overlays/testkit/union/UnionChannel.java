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
  private final OpenFile file;
  private final OpenFlags flags;
  private final Object moving = new Object();
  private long position;

  UnionChannel(UnionTree tree, OpenFile file, OpenFlags flags, Path path) {
    this.tree = tree;
    this.file = file;
    this.flags = flags;
    OpenHandle.HandleKind kind =
        flags.write() ? OpenHandle.HandleKind.WRITER : OpenHandle.HandleKind.READER;
    tree.files().opened(this, new OpenHandle(path, kind));
  }

  @FunctionalInterface
  private interface ChannelUse<T> {
    T of(FileChannel real) throws IOException;
  }

  private <T> T use(ChannelUse<T> use) throws IOException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
    try {
      return use.of(file.real());
    } catch (ClosedByInterruptException e) {
      close();
      throw e;
    }
  }

  private <T> T reading(ChannelUse<T> use) throws IOException {
    if (isOpen() && !flags.read()) {
      throw new NonReadableChannelException();
    }
    return use(use);
  }

  private <T> T writing(ChannelUse<T> use) throws IOException {
    if (isOpen() && !flags.write()) {
      throw new NonWritableChannelException();
    }
    return use(
        real -> {
          T result = use.of(real);
          if (flags.sync() || flags.dataSync()) {
            real.force(flags.sync());
          }
          return result;
        });
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    synchronized (moving) {
      int count = read(target, position);
      position += Math.max(count, 0);
      return count;
    }
  }

  @Override
  public int read(ByteBuffer target, long at) throws IOException {
    return reading(real -> real.read(target, at));
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    synchronized (moving) {
      return reading(
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
    synchronized (moving) {
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
      return writing(real -> 0);
    }
    if (!flags.append()) {
      return writing(real -> real.write(source, at));
    }
    synchronized (file.appending()) {
      return writing(real -> real.write(source, real.size()));
    }
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    synchronized (moving) {
      synchronized (file.appending()) {
        return writing(
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
    synchronized (moving) {
      return use(real -> flags.append() ? real.size() : position);
    }
  }

  @Override
  public FileChannel position(long newPosition) throws IOException {
    if (newPosition < 0) {
      throw new IllegalArgumentException();
    }
    synchronized (moving) {
      use(real -> position = newPosition);
    }
    return this;
  }

  @Override
  public long size() throws IOException {
    return use(FileChannel::size);
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    synchronized (moving) {
      // A file that is not longer must stay as it is; not every provider ensures that.
      writing(real -> size < real.size() ? real.truncate(size) : real);
      position = Math.min(position, size);
    }
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    use(
        real -> {
          real.force(metaData);
          return real;
        });
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
    return reading(real -> real.transferTo(at, count, target));
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
    if (!flags.append()) {
      return writing(real -> real.transferFrom(source, at, count));
    }
    synchronized (file.appending()) {
      return writing(real -> real.transferFrom(source, real.size(), count));
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
    return use(real -> real.map(mode, at, size));
  }

  @Override
  public FileLock lock(long at, long size, boolean shared) throws IOException {
    requireFor(shared);
    return use(real -> new UnionLock(this, real.lock(at, size, shared)));
  }

  @Override
  public FileLock tryLock(long at, long size, boolean shared) throws IOException {
    requireFor(shared);
    return use(
        real -> {
          FileLock lock = real.tryLock(at, size, shared);
          return lock == null ? null : new UnionLock(this, lock);
        });
  }

  private void requireFor(boolean shared) {
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
      tree.files().closed(this);
    }
  }
}
