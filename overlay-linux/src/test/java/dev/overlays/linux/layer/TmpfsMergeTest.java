package dev.overlays.linux.layer;

import dev.overlays.linux.Sandbox;
import java.io.IOException;

class TmpfsMergeTest extends NativeMergeContract {
  @Override
  void mount(Sandbox target, String relative) throws IOException {
    target.tmpfs(relative);
  }

  @Override
  protected int seeds() {
    return Integer.getInteger("overlays.seeds", 40);
  }
}
