package dev.overlays.merge.oci.stream;

import dev.overlays.merge.oci.value.UnpackProgress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.Consumer;

/** Counts what is read of an archive, and reports it ten times a second at most and at the end. */
public final class ProgressInput extends FilterInputStream {
  private static final long INTERVAL_NANOS = 100_000_000;

  private final Consumer<UnpackProgress> listener;
  private final long totalBytes;
  private final long start = System.nanoTime();
  private long lastReport = start;
  private long bytes;
  private boolean ended;

  public ProgressInput(InputStream in, Consumer<UnpackProgress> listener, long totalBytes) {
    super(in);
    this.listener = listener;
    this.totalBytes = totalBytes;
  }

  @Override
  public int read() throws IOException {
    int value = super.read();
    countBytes(value < 0 ? value : 1);
    return value;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    countBytes(count);
    return count;
  }

  private void countBytes(int count) {
    boolean isEnd = count < 0 && !ended;
    ended |= isEnd;
    bytes += Math.max(0, count);
    long now = System.nanoTime();
    if (isEnd || (count > 0 && now - lastReport >= INTERVAL_NANOS)) {
      lastReport = now;
      listener.accept(new UnpackProgress(bytes, totalBytes, Duration.ofNanos(now - start)));
    }
  }
}
