package dev.overlays.linux.runtime;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Mounts views without a mount point and closes some of them, over and over, until it is killed.
 */
final class ViewsUntilKilled {
  private ViewsUntilKilled() {}

  public static void main(String[] args) throws Exception {
    Path lower = Path.of(args[0]);
    Deque<OverlayMount> open = new ArrayDeque<>();
    for (int i = 0; ; i++) {
      OverlayMount view =
          Overlays.mount(OverlaySpec.builder().lower(lower).ephemeral().build(), "kernel");
      open.add(view);
      Files.writeString(view.root().resolve("new"), "new");
      if (open.size() > 3) {
        open.remove().close();
      }
      if (i < 20) {
        System.out.println(view.root());
      }
    }
  }
}
