package dev.overlays.linux.merge;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.OrdinaryUser;
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
    sandbox = OrdinaryUser.createSandbox();
  }

  @TestFactory
  List<DynamicTest> keepsItsPromises() throws IOException {
    Path place = OrdinaryUser.giveToUser(sandbox.mountTmpfs("place"));
    return OrdinaryUser.runTests(place, Map.of(), ClosedTrees.class);
  }
}
