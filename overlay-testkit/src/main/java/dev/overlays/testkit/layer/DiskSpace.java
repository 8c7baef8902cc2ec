package dev.overlays.testkit.layer;

/** The disk space that is left, if it is limited. */
final class DiskSpace {
  private boolean limited;
  private long left = Long.MAX_VALUE;

  synchronized void limit(long bytes) {
    limited = true;
    left = bytes;
  }

  synchronized long left() {
    return left;
  }

  synchronized void giveBack(long bytes) {
    left += limited ? bytes : 0;
  }

  synchronized long take(long bytes) {
    long taken = Math.min(bytes, left);
    left -= limited ? taken : 0;
    return taken;
  }
}
