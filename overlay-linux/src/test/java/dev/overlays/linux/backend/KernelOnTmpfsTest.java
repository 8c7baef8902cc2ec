package dev.overlays.linux.backend;

import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;

class KernelOnTmpfsTest extends KernelBackendContract {
  @Override
  Path mountDisk(Sandbox target) throws IOException {
    return target.mountTmpfs("disk");
  }

  @Override
  boolean keepsUserAttributes() {
    return KernelAbility.ATTRIBUTES_IN_MEMORY.isPresent();
  }
}
