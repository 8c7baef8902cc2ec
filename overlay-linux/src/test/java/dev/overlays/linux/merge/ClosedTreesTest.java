package dev.overlays.linux.merge;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.AsUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Trees that their own owner may not write to as they are, in the hands of an ordinary user. */
class ClosedTreesTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = AsUser.sandbox();
  }

  @TestFactory
  List<DynamicTest> keepsItsPromises() throws IOException {
    Path place = AsUser.own(sandbox.tmpfs("place"));
    return AsUser.run(place, Map.of(), ClosedTrees.class);
  }
}
