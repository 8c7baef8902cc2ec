package dev.overlays.merge.oci.stream;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdIOException;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import java.io.IOException;
import java.io.InputStream;

/**
 * Decompresses zstd, and distinguishes damaged archives from those that need more memory than
 * allowed. It is loaded only for such archives.
 */
final class ZstdInput extends InputStream {
  private static final int SMALLEST_LOG = 10;
  private static final int LARGEST_LOG = 31;

  private final ZstdInputStreamNoFinalizer in;
  private final ArchiveRefusals refusals;
  private final int windowLog;

  /**
   * Makes a stream.
   *
   * @param in closed with this
   * @param windowBytes the largest window of the archive
   */
  ZstdInput(InputStream in, long windowBytes, ArchiveRefusals refusals) throws IOException {
    this.refusals = refusals;
    int log = Long.SIZE - 1 - Long.numberOfLeadingZeros(windowBytes);
    windowLog = Math.max(SMALLEST_LOG, Math.min(log, LARGEST_LOG));
    this.in = new ZstdInputStreamNoFinalizer(in).setLongMax(windowLog);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    try {
      return in.read(bytes, offset, length);
    } catch (ZstdIOException e) {
      if (e.getErrorCode() == Zstd.errFrameParameterWindowTooLarge()) {
        throw refusals.tooLarge(
            "The archive is compressed with a window of more than "
                + (1L << windowLog)
                + " bytes (OciLimits.windowBytes); decompression would take as much memory.");
      }
      if (e.getErrorCode() == Zstd.errMemoryAllocation()) {
        throw refusals.tooLarge("Decompressing the archive takes more memory than is available.");
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
