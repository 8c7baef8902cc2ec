package dev.overlays.linux.rootless;

import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.user.AsUser;
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
  void open() throws IOException {
    KernelAbility.USER_NAMESPACE_MOUNTS.assume();
    sandbox = AsUser.sandbox();
  }

  private List<DynamicTest> run(Path place) throws IOException {
    AsUser.own(place);
    return AsUser.run(place, Map.of("overlays.place", place.toString()), RootlessContract.class);
  }

  @TestFactory
  List<DynamicTest> onTmpfs() throws IOException {
    KernelAbility.ATTRIBUTES_IN_MEMORY.assume();
    return run(sandbox.tmpfs("tmpfs"));
  }

  @TestFactory
  @Tag("long")
  List<DynamicTest> onDisk() throws IOException {
    return run(sandbox.directory("disk"));
  }
}
