package dev.overlays.linux.kernels;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What the README promises an ordinary user. */
class RootlessFeatureTest {
  @TestFactory
  List<DynamicTest> features() throws IOException {
    try (Sandbox sandbox = OrdinaryUser.createSandbox()) {
      Path place = OrdinaryUser.giveToUser(sandbox.mountDisk("disk"));
      return OrdinaryUser.runTests(place, Map.of(), RootlessFeatures.class);
    }
  }
}
