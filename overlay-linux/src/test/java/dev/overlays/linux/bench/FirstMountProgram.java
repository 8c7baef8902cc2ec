package dev.overlays.linux.bench;

import dev.overlays.Overlays;
import java.io.IOException;
import java.nio.file.Path;

/** Mounts one plain view, and unmounts it; does nothing without an argument. */
public final class FirstMountProgram {
  private FirstMountProgram() {}

  /** Takes the directory of the layers. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length > 0) {
      Overlays.mount(BenchWorkload.specOf(Path.of(arguments[0]))).close();
    }
  }
}
