package dev.overlays.merge.oci.registry;

import dev.overlays.merge.oci.value.OciDescriptor;
import dev.overlays.merge.oci.value.TransferProgress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** Counts what is transferred, and tells the caller so ten times a second at most. */
final class TransferMeter {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final Consumer<TransferProgress> listener;
  private final int totalBlobs;
  private final long totalBytes;
  private final long start = System.nanoTime();
  private long lastReport = start;
  private int blobs;
  private long bytes;
  private long bytesBefore;

  TransferMeter(Consumer<TransferProgress> listener, List<OciDescriptor> blobs) {
    this.listener = listener;
    this.totalBlobs = blobs.size();
    this.totalBytes = blobs.stream().mapToLong(OciDescriptor::size).sum();
  }

  /** Starts a blob, or starts it again. */
  synchronized void startBlob() {
    bytes = bytesBefore;
  }

  synchronized void addBytes(long count) {
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
    listener.accept(
        new TransferProgress(
            blobs, totalBlobs, bytes, totalBytes, Duration.ofNanos(lastReport - start)));
  }
}
