package dev.overlays.lookup;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** Closes several handles, even if closing one of them fails. */
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

  /** Closes a handle after another failure, and adds its own failure to that. */
  static void closeAfter(Closeable handle, Throwable other) {
    try {
      handle.close();
    } catch (IOException e) {
      other.addSuppressed(e);
    }
  }
}
