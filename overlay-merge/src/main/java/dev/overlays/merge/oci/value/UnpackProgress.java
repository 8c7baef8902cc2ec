package dev.overlays.merge.oci.value;

import dev.overlays.merge.text.ByteSize;
import java.time.Duration;
import java.util.Locale;

/**
 * The progress of unpacking an archive.
 *
 * @param bytes the bytes of the archive that were read so far
 * @param totalBytes the size of the archive in bytes; 0 if it is not known
 * @param elapsed the time since the start
 */
public record UnpackProgress(long bytes, long totalBytes, Duration elapsed) {

  /** Returns the progress as one readable line. */
  @Override
  public String toString() {
    String total = totalBytes > 0 ? " of " + ByteSize.format(totalBytes) : "";
    double seconds = elapsed.toNanos() / 1e9;
    return String.format(
        Locale.ROOT,
        "unpacked %s%s, %s/s",
        ByteSize.format(bytes),
        total,
        ByteSize.format(seconds > 0 ? (long) (bytes / seconds) : 0));
  }
}
