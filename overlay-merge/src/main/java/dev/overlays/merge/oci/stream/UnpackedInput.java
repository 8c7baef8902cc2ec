package dev.overlays.merge.oci.stream;

import dev.overlays.OverlayException;
import dev.overlays.merge.oci.tar.ArchiveRefusals;
import java.io.IOException;
import java.io.InputStream;

/**
 * The decompressed bytes of an archive, measured. Damaged data and data that exceeds the ratio are
 * reported as refusals.
 */
public final class UnpackedInput extends InputStream {
  /**
   * The ratio is not checked up to this size: a layer may begin with zeros, and so few bytes fill
   * no disk.
   */
  private static final long ALWAYS_ALLOWED = 64 << 20;

  private final InputStream in;
  private final MeasuredInput packed;
  private final BlobDigest packedDigest;
  private final BlobDigest digest;
  private final ArchiveRefusals refusals;
  private final long ratio;

  public UnpackedInput(
      InputStream in,
      MeasuredInput packed,
      BlobDigest packedDigest,
      BlobDigest digest,
      ArchiveRefusals refusals,
      long ratio) {
    this.in = in;
    this.packed = packed;
    this.packedDigest = packedDigest;
    this.digest = digest;
    this.refusals = refusals;
    this.ratio = ratio;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int count;
    try {
      count = in.read(bytes, offset, length);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      if (packed.readFailure() != null) {
        throw packed.readFailure();
      }
      throw refusals.brokenArchive("it cannot be decompressed (" + e.getMessage() + ")");
    }
    if (count > 0) {
      digest.addBytes(bytes, offset, count);
      packed.markUsed();
    }
    if (digest.byteCount() > ALWAYS_ALLOWED
        && digest.byteCount() / ratio > packedDigest.byteCount()) {
      throw refusals.tooLarge(
          "The archive is more than " + ratio + " times as large when it is decompressed.");
    }
    return count;
  }
}
