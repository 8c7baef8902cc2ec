package dev.overlays.linux.layer;

import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;

class VacuumTmpfsTest extends NativeVacuumContract {
  @Override
  void mount(Sandbox target, String relative) throws IOException {
    KernelAbility.ATTRIBUTES_IN_MEMORY.assumePresent();
    target.mountTmpfs(relative);
  }
}
