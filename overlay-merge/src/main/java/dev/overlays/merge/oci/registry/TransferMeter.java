package dev.overlays.merge.oci.registry;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.value.OciDescriptor;
import dev.overlays.merge.oci.value.TransferProgress;
import java.time.Duration;
import java.util.List;

/** Counts what is transferred, and tells the caller so ten times a second at most. */
final class TransferMeter {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final TransferControl control;
  private final int totalBlobs;
  private final long totalBytes;
  private final long start = System.nanoTime();
  private long lastReport = start;
  private int blobs;
  private long bytes;
  private long bytesBefore;

  TransferMeter(TransferControl control, List<OciDescriptor> blobs) {
    this.control = control;
    this.totalBlobs = blobs.size();
    this.totalBytes = blobs.stream().mapToLong(OciDescriptor::size).sum();
  }

  /** Starts a blob, or starts it again. */
  synchronized void startBlob() throws OverlayException {
    control.throwIfCancelled();
    bytes = bytesBefore;
  }

  synchronized void addBytes(long count) throws OverlayException {
    control.throwIfCancelled();
    bytes += count;
    if (System.nanoTime() - lastReport >= INTERVAL_NANOS) {
      report();
    }
  }

  synchronized void finishBlob() {
    blobs++;
    bytesBefore = bytes;
    report();
  }

  private void report() {
    lastReport = System.nanoTime();
    control
        .progress()
        .accept(
            new TransferProgress(
                blobs, totalBlobs, bytes, totalBytes, Duration.ofNanos(lastReport - start)));
  }
}
