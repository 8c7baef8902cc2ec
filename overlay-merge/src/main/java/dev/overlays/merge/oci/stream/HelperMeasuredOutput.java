package dev.overlays.merge.oci.stream;

import dev.overlays.merge.run.BufferPool;
import dev.overlays.merge.run.TaskHelpers;
import dev.overlays.merge.run.TaskHelpers.HelperTask;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes on what is written, and lets helpers measure copies of it, one after the other. Closing it
 * leaves the underlying stream open.
 */
public final class HelperMeasuredOutput extends OutputStream {
  private static final int CHUNK_SIZE = 1 << 16;

  private final OutputStream out;
  private final BlobDigest digest;
  private final TaskHelpers helpers;
  private final BufferPool<byte[]> buffers = new BufferPool<>(() -> new byte[CHUNK_SIZE]);
  private final Queue<Chunk> chunks = new ConcurrentLinkedQueue<>();

  /** The chunks that have not been measured. Only one task at a time measures, until it is 0. */
  private final AtomicInteger chunkCount = new AtomicInteger();

  private HelperTask<Void> task;

  private static final class Chunk {
    private final byte[] bytes;
    private final int length;

    Chunk(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }
  }

  private HelperMeasuredOutput(OutputStream out, BlobDigest digest, TaskHelpers helpers) {
    this.out = out;
    this.digest = digest;
    this.helpers = helpers;
  }

  /** Returns a stream that measures by helpers, if there are any. */
  public static OutputStream measure(OutputStream out, BlobDigest digest, TaskHelpers helpers) {
    return helpers.workerCount() == 1
        ? new MeasuredOutput(out, digest)
        : new HelperMeasuredOutput(out, digest, helpers);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    for (int done = 0; done < length; ) {
      int part = Math.min(CHUNK_SIZE, length - done);
      byte[] copy = buffers.borrowOne();
      System.arraycopy(bytes, offset + done, copy, 0, part);
      measureSoon(new Chunk(copy, part));
      done += part;
    }
    out.write(bytes, offset, length);
  }

  private void measureSoon(Chunk chunk) throws IOException {
    if (chunkCount.get() >= helpers.mostAhead()) {
      awaitMeasured();
    }
    chunks.add(chunk);
    if (chunkCount.getAndIncrement() == 0) {
      task = helpers.beginTask(this::measureChunks);
    }
  }

  private Void measureChunks() {
    do {
      Chunk chunk = chunks.remove();
      digest.addBytes(chunk.bytes, 0, chunk.length);
      buffers.giveBack(chunk.bytes);
    } while (chunkCount.decrementAndGet() > 0);
    return null;
  }

  private void awaitMeasured() throws IOException {
    if (task != null) {
      task.takeResult();
    }
  }

  /** Also waits until everything has been measured. */
  @Override
  public void flush() throws IOException {
    awaitMeasured();
    out.flush();
  }
}
