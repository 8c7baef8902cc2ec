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

/** The rootless backend used by an ordinary user. */
class RootlessUserTest {
  @AutoClose private Sandbox sandbox;
  private Path place;

  @BeforeEach
  void openSandbox() throws IOException {
    KernelAbility.USER_NAMESPACE_MOUNTS.assumePresent();
    sandbox = OrdinaryUser.createSandbox();
    place = OrdinaryUser.giveToUser(sandbox.mountDisk("disk"));
  }

  @TestFactory
  List<DynamicTest> viewsOfAnOrdinaryUser() throws IOException {
    return OrdinaryUser.runTests(
        place,
        Map.of(),
        RootlessViews.class,
        RootlessPaths.class,
        RootlessPrograms.class,
        RootlessCommands.class,
        RootlessEphemeralViews.class,
        RootlessOnViews.class);
  }

  @TestFactory
  @Tag("long")
  List<DynamicTest> viewsWhoseHolderIsStopped() throws IOException {
    return OrdinaryUser.runTests(
        place, Map.of("dev.overlays.holder.limit", "3000"), RootlessHolderStopped.class);
  }

  @TestFactory
  List<DynamicTest> viewsOverALowerOfRoot() throws IOException {
    sandbox.createFile("roots/file", "root's");
    sandbox.createFile("roots/directory/config", "root's");
    sandbox.createFile("roots/directory/inner", "root's");
    Map<String, String> properties = Map.of("overlays.lower", sandbox.path("roots").toString());
    return OrdinaryUser.runTests(place, properties, ViewsOverRootsLower.class);
  }

  @TestFactory
  @Tag("long")
  List<DynamicTest> manyMountsInSequence() throws IOException {
    String mounts = System.getProperty("overlays.mounts", "50");
    return OrdinaryUser.runTests(
        place, Map.of("overlays.mounts", mounts), RootlessManyMounts.class);
  }

  /** Run more seeds with {@code -Doverlays.seeds=2000}. */
  @TestFactory
  @Tag("long")
  List<DynamicTest> replaysOnRootlessViews() throws IOException, ClassNotFoundException {
    String seeds = Long.toString((Long.getLong("overlays.seeds", 100) + 9) / 10);
    return OrdinaryUser.runTests(
        place,
        Map.of("overlays.seeds", seeds),
        Class.forName("dev.overlays.linux.replay.RootlessReplays"));
  }
}
