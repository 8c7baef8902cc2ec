package dev.overlays.linux.rootless;

import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
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

/** The contract of backends, kept by the rootless one as an ordinary user. */
class RootlessContractTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    KernelAbility.USER_NAMESPACE_MOUNTS.assumePresent();
    sandbox = OrdinaryUser.createSandbox();
  }

  private List<DynamicTest> run(Path place) throws IOException {
    OrdinaryUser.giveToUser(place);
    return OrdinaryUser.runTests(
        place, Map.of("overlays.place", place.toString()), RootlessContract.class);
  }

  @TestFactory
  List<DynamicTest> contractHoldsOnTmpfs() throws IOException {
    KernelAbility.ATTRIBUTES_IN_MEMORY.assumePresent();
    return run(sandbox.mountTmpfs("tmpfs"));
  }

  @TestFactory
  @Tag("long")
  List<DynamicTest> contractHoldsOnDisk() throws IOException {
    return run(sandbox.createDirectory("disk"));
  }
}
