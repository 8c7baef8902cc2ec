package dev.overlays.merge.oci.value;

import dev.overlays.merge.text.ByteSize;
import java.time.Duration;
import java.util.Locale;

/**
 * The progress of a push or pull.
 *
 * @param blobs the number of blobs that are done, of those that the target did not have
 * @param totalBlobs the number of blobs that the target did not have
 * @param bytes the bytes of these blobs that were transferred so far
 * @param totalBytes the bytes of all these blobs
 * @param elapsed the time since the start
 */
public record TransferProgress(
    int blobs, int totalBlobs, long bytes, long totalBytes, Duration elapsed) {

  /**
   * Returns the speed of the transfer.
   *
   * @return bytes per second; 0 at the start
   */
  public double bytesPerSecond() {
    double seconds = elapsed.toNanos() / 1e9;
    return seconds > 0 ? bytes / seconds : 0;
  }

  /** Returns the progress as one readable line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%,d of %,d blobs, %s of %s, %s/s",
        blobs,
        totalBlobs,
        ByteSize.format(bytes),
        ByteSize.format(totalBytes),
        ByteSize.format((long) bytesPerSecond()));
  }
}
