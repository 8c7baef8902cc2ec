package dev.overlays.linux.cache;

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

/** A cache of an ordinary user, whose boot entries an administrator takes over. */
class CacheAsUserTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = OrdinaryUser.createSandbox();
  }

  @TestFactory
  List<DynamicTest> cacheWorksForAnOrdinaryUser() throws IOException {
    Path place = OrdinaryUser.giveToUser(sandbox.mountTmpfs("place"));
    return OrdinaryUser.runTests(place, Map.of(), RootlessCacheTest.class, FuseCacheTest.class);
  }
}
