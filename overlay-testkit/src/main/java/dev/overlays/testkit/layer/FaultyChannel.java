package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** A channel whose writes are operations, and which is seen until it is closed. */
final class FaultyChannel extends FileChannel {
  private final FileChannel channel;
  private final Faults faults;
  private final OpenHandles handles;
  private final String path;

  FaultyChannel(FileChannel channel, Faults faults, OpenHandles handles, String path) {
    this.channel = channel;
    this.faults = faults;
    this.handles = handles;
    this.path = path;
    handles.opened(this, path);
  }

  private <T> T write(Faults.Change<T> change) throws IOException {
    return faults.change(Operation.WRITE, path, change);
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    faults.alive();
    return channel.read(target);
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    faults.alive();
    return channel.read(targets, offset, length);
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    faults.alive();
    return channel.read(target, position);
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    return write(() -> channel.write(source));
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    return write(() -> channel.write(sources, offset, length));
  }

  @Override
  public int write(ByteBuffer source, long position) throws IOException {
    return write(() -> channel.write(source, position));
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    faults.alive();
    return channel.transferTo(position, count, target);
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long position, long count)
      throws IOException {
    return write(() -> channel.transferFrom(source, position, count));
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    write(() -> channel.truncate(size).size());
    return this;
  }

  @Override
  public void force(boolean metaData) throws IOException {
    faults.step(Operation.SYNC, path, () -> channel.force(metaData));
  }

  @Override
  public long position() throws IOException {
    return channel.position();
  }

  @Override
  public FileChannel position(long position) throws IOException {
    channel.position(position);
    return this;
  }

  @Override
  public long size() throws IOException {
    faults.alive();
    return channel.size();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long position, long size) throws IOException {
    faults.alive();
    return channel.map(mode, position, size);
  }

  @Override
  public FileLock lock(long position, long size, boolean shared) throws IOException {
    return channel.lock(position, size, shared);
  }

  @Override
  public FileLock tryLock(long position, long size, boolean shared) throws IOException {
    return channel.tryLock(position, size, shared);
  }

  @Override
  protected void implCloseChannel() throws IOException {
    handles.closed(this);
    channel.close();
  }
}
