package dev.overlays.linux.kernels;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.AsUser;
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
    try (Sandbox sandbox = AsUser.sandbox()) {
      Path place = AsUser.own(sandbox.disk("disk"));
      return AsUser.run(place, Map.of(), RootlessFeatures.class);
    }
  }
}
