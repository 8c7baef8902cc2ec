package dev.overlays.testkit.layer;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes to channels as far as there is space. */
public final class ChannelWriting {
  private ChannelWriting() {}

  /** What writes a buffer from its position to its limit. */
  @FunctionalInterface
  public interface WriteTarget {
    /**
     * Writes.
     *
     * @param bytes what to write
     * @return how many bytes were written
     * @throws IOException if it fails
     */
    int write(ByteBuffer bytes) throws IOException;
  }

  /**
   * Makes one write: of fewer bytes where the rest does not fit, and none where nothing does.
   *
   * @param faults what makes it fail
   * @param path the path of the file for people
   * @param bytes what to write
   * @param target what writes it
   * @return how many bytes were written
   * @throws IOException if nothing fits, or the write fails
   */
  public static int write(OperationFaults faults, String path, ByteBuffer bytes, WriteTarget target)
      throws IOException {
    return faults.run(
        FileOperation.WRITE,
        () -> path,
        () -> {
          int limit = bytes.limit();
          int fits = (int) fitting(faults, path, bytes.remaining());
          bytes.limit(bytes.position() + fits);
          try {
            int written = target.write(bytes);
            faults.giveBack(fits - written);
            return written;
          } finally {
            bytes.limit(limit);
          }
        });
  }

  /**
   * Takes space for as many bytes as fit.
   *
   * @param faults what the space belongs to
   * @param path the path of the file for people
   * @param wanted how many bytes are to be written
   * @return for how many of them there is space
   * @throws IOException if there is for none
   */
  public static long fitting(OperationFaults faults, String path, long wanted) throws IOException {
    long fits = faults.take(wanted);
    if (fits == 0 && wanted > 0) {
      throw FaultKind.NO_SPACE.exception("", path);
    }
    return fits;
  }

  /**
   * Takes space for all bytes.
   *
   * @param faults what the space belongs to
   * @param path the path of the file for people
   * @param wanted how many bytes are to be written
   * @throws IOException if there is not enough
   */
  public static void all(OperationFaults faults, String path, long wanted) throws IOException {
    if (faults.take(wanted) < wanted) {
      throw FaultKind.NO_SPACE.exception("", path);
    }
  }
}
