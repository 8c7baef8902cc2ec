package dev.overlays.linux.merge;

import dev.overlays.linux.ChildJvm;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** A program that merges until it is killed. */
public final class KilledMerge {
  private KilledMerge() {}

  /**
   * Takes what it merges, where, with how many workers, and at which entry it dies; 0 for never.
   */
  public static void main(String[] args) throws IOException {
    int deadly = Integer.parseInt(args[3]);
    AtomicInteger entries = new AtomicInteger();
    OverlayMerge.of(KillCase.valueOf(args[0]).spec(Path.of(args[1])))
        .workers(Integer.parseInt(args[2]))
        .listener(
            (action, path, bytes) -> {
              if (entries.incrementAndGet() == deadly) {
                ChildJvm.killThis();
              }
            })
        .run();
    System.out.println(entries.get());
  }
}
