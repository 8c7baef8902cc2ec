package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/** A directory opened as a file: open(2) succeeds, and reading fails. */
final class DirectoryChannel extends FileChannel {
  private final UnionTree tree;
  private long position;

  DirectoryChannel(UnionTree tree, Path path) {
    this.tree = tree;
    tree.handleRegistry().handleOpened(this, new OpenHandle(path, OpenHandle.HandleKind.DIRECTORY));
  }

  private IOException unreadableFailure() throws ClosedChannelException {
    requireOpen();
    return new IOException(ErrorNumber.EISDIR.messageText());
  }

  private NonWritableChannelException unwritableFailure() throws ClosedChannelException {
    requireOpen();
    return new NonWritableChannelException();
  }

  private void requireOpen() throws ClosedChannelException {
    if (!isOpen()) {
      throw new ClosedChannelException();
    }
  }

  @Override
  public int read(ByteBuffer target) throws IOException {
    throw unreadableFailure();
  }

  @Override
  public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
    throw unreadableFailure();
  }

  @Override
  public int read(ByteBuffer target, long at) throws IOException {
    throw unreadableFailure();
  }

  @Override
  public int write(ByteBuffer source) throws IOException {
    throw unwritableFailure();
  }

  @Override
  public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
    throw unwritableFailure();
  }

  @Override
  public int write(ByteBuffer source, long at) throws IOException {
    throw unwritableFailure();
  }

  @Override
  public synchronized long position() throws IOException {
    requireOpen();
    return position;
  }

  @Override
  public synchronized FileChannel position(long newPosition) throws IOException {
    requireOpen();
    position = newPosition;
    return this;
  }

  @Override
  public long size() throws IOException {
    requireOpen();
    return 0;
  }

  @Override
  public FileChannel truncate(long size) throws IOException {
    throw unwritableFailure();
  }

  @Override
  public void force(boolean metaData) throws IOException {
    requireOpen();
  }

  @Override
  public long transferTo(long at, long count, WritableByteChannel target) throws IOException {
    throw unreadableFailure();
  }

  @Override
  public long transferFrom(ReadableByteChannel source, long at, long count) throws IOException {
    throw unwritableFailure();
  }

  @Override
  public MappedByteBuffer map(MapMode mode, long at, long size) throws IOException {
    throw unreadableFailure();
  }

  @Override
  public FileLock lock(long at, long size, boolean shared) throws IOException {
    throw unreadableFailure();
  }

  @Override
  public FileLock tryLock(long at, long size, boolean shared) throws IOException {
    throw unreadableFailure();
  }

  @Override
  protected void implCloseChannel() throws IOException {
    tree.handleRegistry().handleClosed(this);
  }
}
