package dev.overlays.testkit.layer;

/** The disk space that is left, if it is limited. */
final class DiskSpace {
  private boolean limited;
  private long left = Long.MAX_VALUE;

  synchronized void limitTo(long bytes) {
    limited = true;
    left = bytes;
  }

  synchronized long bytesLeft() {
    return left;
  }

  synchronized void giveBackBytes(long bytes) {
    left += limited ? bytes : 0;
  }

  synchronized long takeBytes(long bytes) {
    long taken = Math.min(bytes, left);
    left -= limited ? taken : 0;
    return taken;
  }
}
