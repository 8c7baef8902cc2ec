package dev.overlays.merge.oci.stream;

import dev.overlays.merge.oci.tar.ArchiveRefusals;
import dev.overlays.merge.oci.value.OciCompression;
import dev.overlays.merge.oci.value.OciLimits;
import dev.overlays.merge.run.TaskHelpers;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.zstandard.ZstdCompressorOutputStream;

/** The streams that compress and decompress archives. */
public final class CompressionStreams {
  public static final int BUFFER_SIZE = 1 << 16;

  private static final int MAGIC_LENGTH = 4;
  private static final int ZSTD_LEVEL = 3;

  /** How much each thread of zstd compresses at once; it holds several of them in memory. */
  private static final int ZSTD_JOB_SIZE = 1 << 21;

  private CompressionStreams() {}

  /**
   * Returns a stream that compresses what is written to it; closing it writes the end. The bytes
   * are the same for any number of helpers.
   */
  public static OutputStream openPacked(
      OutputStream out, OciCompression compression, TaskHelpers helpers) throws IOException {
    return switch (compression) {
      case NONE -> out;
      case GZIP -> new GzipOutput(out, helpers);
      case ZSTD ->
          // With any number of threads of its own zstd gives the same bytes; without, others.
          ZstdCompressorOutputStream.builder()
              .setOutputStream(out)
              .setLevel(ZSTD_LEVEL)
              .setChecksum(true)
              .setWorkers(helpers.workerCount())
              .setJobSize(ZSTD_JOB_SIZE)
              .get();
    };
  }

  /** Detects the compression of an archive by its first bytes. */
  public static OciCompression detectCompression(PushbackInputStream in) throws IOException {
    byte[] magic = new byte[MAGIC_LENGTH];
    int length = in.readNBytes(magic, 0, MAGIC_LENGTH);
    in.unread(magic, 0, length);
    int first = (magic[0] & 0xff) << 8 | (magic[1] & 0xff);
    int second = (magic[2] & 0xff) << 8 | (magic[3] & 0xff);
    if (first == 0x1f8b) {
      return OciCompression.GZIP;
    }
    // A zstd frame or a skippable frame. Source: RFC 8878.
    boolean zstd =
        (first == 0x28b5 && second == 0x2ffd) || ((first & 0xf0ff) == 0x502a && second == 0x4d18);
    return zstd ? OciCompression.ZSTD : OciCompression.NONE;
  }

  public static PushbackInputStream bufferInput(InputStream in) {
    return new PushbackInputStream(new BufferedInputStream(in, BUFFER_SIZE), MAGIC_LENGTH);
  }

  /** Returns a stream of the decompressed members or frames, one after the other. */
  public static InputStream openUnpacked(
      InputStream in, OciCompression compression, OciLimits limits, ArchiveRefusals refusals)
      throws IOException {
    return switch (compression) {
      case NONE -> in;
      case GZIP ->
          GzipCompressorInputStream.builder()
              .setInputStream(in)
              .setDecompressConcatenated(true)
              .get();
      case ZSTD -> new ZstdInput(in, limits.windowBytes(), refusals);
    };
  }
}
