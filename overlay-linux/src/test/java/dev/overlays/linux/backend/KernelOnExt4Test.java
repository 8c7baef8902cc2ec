package dev.overlays.linux.backend;

import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;

class KernelOnExt4Test extends KernelBackendContract {
  @Override
  Path mountDisk(Sandbox target) throws IOException {
    return target.mountImage("disk", "ext4", 128);
  }
}
