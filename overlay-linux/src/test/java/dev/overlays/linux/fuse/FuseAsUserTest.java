package dev.overlays.linux.fuse;

import dev.overlays.linux.Sandbox;
import dev.overlays.linux.backend.FuseOverlayfsTest;
import dev.overlays.linux.user.OrdinaryUser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The contract and the tests of uppers, run as an ordinary user. */
class FuseAsUserTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
  }

  @TestFactory
  @Tag("long")
  List<DynamicTest> contractHoldsForAnOrdinaryUser() throws IOException {
    Path place = OrdinaryUser.giveToUser(sandbox.createDirectory("place"));
    return OrdinaryUser.runTests(place, Map.of(), FuseOverlayfsTest.class, FuseViewTest.class);
  }
}
