package dev.overlays.linux.layer;

import dev.overlays.linux.Sandbox;
import java.io.IOException;

class BtrfsMergeTest extends NativeMergeContract {
  @Override
  void mount(Sandbox target, String relative) throws IOException {
    target.mountImage(relative, "btrfs", 320);
  }
}
