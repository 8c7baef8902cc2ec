package dev.overlays.linux.layer;

import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;

class TmpfsMergeTest extends NativeMergeContract {
  @Override
  void mount(Sandbox target, String relative) throws IOException {
    KernelAbility.ATTRIBUTES_IN_MEMORY.assumePresent();
    target.mountTmpfs(relative);
  }

  @Override
  protected int seedCount() {
    return Integer.getInteger("overlays.seeds", 40);
  }
}
