package dev.overlays.lookup;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Closes several handles, whatever one of them throws. */
final class HandleGroup {
  private HandleGroup() {}

  @SafeVarargs
  static void closeAll(List<? extends Closeable>... lists) throws IOException {
    IOException failure = null;
    for (List<? extends Closeable> list : lists) {
      for (Closeable handle : list) {
        try {
          handle.close();
        } catch (IOException e) {
          failure = e;
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** Closes on the way out with another exception. */
  static void close(Closeable handle, Throwable other) {
    try {
      handle.close();
    } catch (IOException e) {
      other.addSuppressed(e);
    }
  }
}
