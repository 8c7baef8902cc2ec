package dev.overlays.linux.layer;

import dev.overlays.linux.Sandbox;
import java.io.IOException;

class VacuumTmpfsTest extends NativeVacuumContract {
  @Override
  void mount(Sandbox target, String relative) throws IOException {
    target.tmpfs(relative);
  }
}
