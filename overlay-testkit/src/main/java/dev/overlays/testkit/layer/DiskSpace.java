package dev.overlays.testkit.layer;

/** How many bytes can still be written. */
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
