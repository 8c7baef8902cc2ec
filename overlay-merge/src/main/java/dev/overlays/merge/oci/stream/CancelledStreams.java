package dev.overlays.merge.oci.stream;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;

/** Streams that end an export or import when its caller asks for it. */
public final class CancelledStreams {
  private CancelledStreams() {}

  /** Returns a stream that asks before each read; {@code target} is named by the failure. */
  public static InputStream cancelInput(InputStream in, BooleanSupplier asked, Path target) {
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        throwIfCancelled(asked, target, "import");
        return super.read();
      }

      @Override
      public int read(byte[] buffer, int offset, int length) throws IOException {
        throwIfCancelled(asked, target, "import");
        return super.read(buffer, offset, length);
      }
    };
  }

  /** Returns a stream that asks before each write; {@code layer} is named by the failure. */
  public static OutputStream cancelOutput(OutputStream out, BooleanSupplier asked, Path layer) {
    return new FilterOutputStream(out) {
      @Override
      public void write(int value) throws IOException {
        throwIfCancelled(asked, layer, "export");
        out.write(value);
      }

      @Override
      public void write(byte[] buffer, int offset, int length) throws IOException {
        throwIfCancelled(asked, layer, "export");
        out.write(buffer, offset, length);
      }
    };
  }

  private static void throwIfCancelled(BooleanSupplier asked, Path path, String what)
      throws OverlayException {
    if (asked.getAsBoolean()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_CANCELLED,
              path,
              "The " + what + " was cancelled.",
              "Run the " + what + " again: it begins anew."));
    }
  }
}
