package dev.overlays.testkit.tree;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Consumer;

/** Writes many bytes block by block. */
final class ChunkedWriter {
  private static final int BLOCK = 1 << 16;

  private ChunkedWriter() {}

  /** Writes a number of bytes; each block is filled before it is written. */
  static void writeBlocks(OutputStream out, long size, Consumer<byte[]> fill) throws IOException {
    byte[] block = new byte[(int) Math.min(size, BLOCK)];
    for (long left = size; left > 0; left -= block.length) {
      fill.accept(block);
      out.write(block, 0, (int) Math.min(left, block.length));
    }
  }
}
