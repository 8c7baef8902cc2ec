package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.Fault;
import dev.overlays.testkit.layer.Faults;
import dev.overlays.testkit.layer.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Writes as far as there is space. */
final class Writing {
  private Writing() {}

  /** What writes a buffer from its position to its limit. */
  @FunctionalInterface
  interface Target {
    int write(ByteBuffer bytes) throws IOException;
  }

  /** One write: of fewer bytes where the rest does not fit, and none where nothing does. */
  static int write(Faults faults, String path, ByteBuffer bytes, Target target) throws IOException {
    return faults.run(
        Operation.WRITE,
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

  /** How many bytes there is space for; takes it. */
  static long fitting(Faults faults, String path, long wanted) throws IOException {
    long fits = faults.take(wanted);
    if (fits == 0 && wanted > 0) {
      throw Fault.NO_SPACE.exception("", path);
    }
    return fits;
  }

  /** Takes space for all bytes, or fails. */
  static void all(Faults faults, String path, long wanted) throws IOException {
    if (faults.take(wanted) < wanted) {
      throw Fault.NO_SPACE.exception("", path);
    }
  }
}
