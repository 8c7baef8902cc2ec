package dev.overlays.merge.oci.stream;

import dev.overlays.merge.run.BufferPool;
import dev.overlays.merge.run.TaskHelpers;
import dev.overlays.merge.run.TaskHelpers.HelperTask;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * Compresses into one member of gzip, block by block, which any thread can do: each block begins
 * with what the block before it has in its window, and ends at a whole byte. So the bytes depend on
 * the data alone, and every tool reads them. Sources: RFC 1952; zlib's manual, {@code
 * deflateSetDictionary} and {@code Z_SYNC_FLUSH}; pigz(1) does the same.
 */
final class GzipOutput extends OutputStream {
  private static final int WINDOW = 1 << 15;
  private static final int BLOCK_SIZE = 1 << 17;

  /** What the data of a block may grow by when it cannot be compressed, and more. */
  private static final int MOST_GROWTH = 1 << 12;

  /** No flags, no time, and an unknown system, as the JDK writes it. */
  private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

  private final OutputStream out;
  private final TaskHelpers helpers;
  private final CRC32 checkSum = new CRC32();
  private final BufferPool<Deflater> deflaters =
      new BufferPool<>(() -> new Deflater(Deflater.DEFAULT_COMPRESSION, true));
  private final BufferPool<byte[]> inputs = new BufferPool<>(() -> new byte[WINDOW + BLOCK_SIZE]);
  private final BufferPool<byte[]> outputs =
      new BufferPool<>(() -> new byte[BLOCK_SIZE + MOST_GROWTH]);
  private final Deque<HelperTask<PackedBlock>> begunBlocks = new ArrayDeque<>();

  /** The last bytes of the block before, and then those of this block. */
  private byte[] input;

  private int windowLength;
  private int blockLength;
  private long totalLength;
  private boolean closed;

  /** Whether writing has failed, so that no more is written. */
  private boolean failed;

  private static final class PackedBlock {
    private final byte[] bytes;
    private final int length;

    PackedBlock(byte[] bytes, int length) {
      this.bytes = bytes;
      this.length = length;
    }
  }

  GzipOutput(OutputStream out, TaskHelpers helpers) throws IOException {
    this.out = out;
    this.helpers = helpers;
    input = inputs.borrowOne();
    out.write(HEADER);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (blockLength == BLOCK_SIZE) {
        beginBlock(false);
      }
      int part = Math.min(length - done, BLOCK_SIZE - blockLength);
      System.arraycopy(bytes, offset + done, input, windowLength + blockLength, part);
      blockLength += part;
      done += part;
    }
  }

  private void beginBlock(boolean last) throws IOException {
    byte[] full = input;
    int window = windowLength;
    int length = blockLength;
    checkSum.update(full, window, length);
    totalLength += length;
    input = inputs.borrowOne();
    windowLength = Math.min(WINDOW, window + length);
    System.arraycopy(full, window + length - windowLength, input, 0, windowLength);
    blockLength = 0;
    begunBlocks.add(helpers.beginTask(() -> packBlock(full, window, length, last)));
    while (begunBlocks.size() > helpers.mostAhead()) {
      writeFirst();
    }
  }

  private void writeFirst() throws IOException {
    failed = true;
    PackedBlock block = begunBlocks.remove().takeResult();
    out.write(block.bytes, 0, block.length);
    outputs.giveBack(block.bytes);
    failed = false;
  }

  private PackedBlock packBlock(byte[] full, int window, int length, boolean last)
      throws IOException {
    Deflater deflater = deflaters.borrowOne();
    deflater.reset();
    if (window > 0) {
      deflater.setDictionary(full, 0, window);
    }
    deflater.setInput(full, window, length);
    if (last) {
      deflater.finish();
    }
    byte[] packed = outputs.borrowOne();
    int flush = last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH;
    int packedLength = deflater.deflate(packed, 0, packed.length, flush);
    if (packedLength == packed.length) {
      throw new IOException("a block has grown by more than it can");
    }
    deflaters.giveBack(deflater);
    inputs.giveBack(full);
    return new PackedBlock(packed, packedLength);
  }

  /** Writes the end, unless writing has failed. */
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (!failed) {
        writeEnd();
      }
    } finally {
      begunBlocks.forEach(HelperTask::cancelOrAwait);
      deflaters.takeAll().forEach(Deflater::end);
    }
  }

  private void writeEnd() throws IOException {
    beginBlock(true);
    while (!begunBlocks.isEmpty()) {
      writeFirst();
    }
    byte[] trailer = new byte[2 * Integer.BYTES];
    for (int i = 0; i < Integer.BYTES; i++) {
      trailer[i] = (byte) (checkSum.getValue() >>> (Byte.SIZE * i));
      trailer[Integer.BYTES + i] = (byte) (totalLength >>> (Byte.SIZE * i));
    }
    out.write(trailer);
  }
}
