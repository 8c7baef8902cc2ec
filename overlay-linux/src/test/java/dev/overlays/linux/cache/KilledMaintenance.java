package dev.overlays.linux.cache;

import dev.overlays.cache.SharedCache;
import dev.overlays.linux.ChildJvm;
import java.io.IOException;
import java.nio.file.Path;

/** A program that maintains a cache and kills itself at a given entry. */
public final class KilledMaintenance {
  private KilledMaintenance() {}

  /**
   * Takes the lower, the directory of the instances, and the number of the entry to die at; 0 for
   * never.
   */
  public static void main(String[] args) throws IOException {
    int deadly = Integer.parseInt(args[2]);
    int[] entries = {0};
    SharedCache.of(Path.of(args[0]), Path.of(args[1]))
        .maintenance()
        .cancelWhen(
            () -> {
              if (++entries[0] == deadly) {
                ChildJvm.killThis();
              }
              return false;
            })
        .run();
    System.out.println(entries[0]);
  }
}
