package dev.overlays.linux.layer;

import dev.overlays.linux.Sandbox;
import java.io.IOException;

class XfsMergeTest extends NativeMergeContract {
  @Override
  void mount(Sandbox target, String relative) throws IOException {
    target.mountImage(relative, "xfs", 320);
  }
}
