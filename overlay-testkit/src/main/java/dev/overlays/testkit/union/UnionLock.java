package dev.overlays.testkit.union;

import java.io.IOException;
import java.nio.channels.FileLock;

/** A lock on the layer's file that was behind the channel when the lock was acquired. */
final class UnionLock extends FileLock {
  private final FileLock real;

  UnionLock(UnionChannel channel, FileLock real) {
    super(channel, real.position(), real.size(), real.isShared());
    this.real = real;
  }

  @Override
  public boolean isValid() {
    return real.isValid();
  }

  @Override
  public void release() throws IOException {
    real.release();
  }
}
