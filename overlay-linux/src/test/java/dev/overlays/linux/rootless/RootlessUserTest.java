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

/** The rootless backend used by an ordinary user. */
class RootlessUserTest {
  @AutoClose private Sandbox sandbox;
  private Path place;

  @BeforeEach
  void open() throws IOException {
    KernelAbility.USER_NAMESPACE_MOUNTS.assume();
    sandbox = AsUser.sandbox();
    place = AsUser.own(sandbox.disk("disk"));
  }

  @TestFactory
  List<DynamicTest> views() throws IOException {
    return AsUser.run(
        place,
        Map.of(),
        RootlessViews.class,
        RootlessPaths.class,
        RootlessPrograms.class,
        RootlessCommands.class,
        RootlessThrowaways.class,
        RootlessOnViews.class);
  }

  @TestFactory
  List<DynamicTest> viewsWhoseHolderIsStopped() throws IOException {
    return AsUser.run(place, Map.of("dev.overlays.holder.limit", "3000"), RootlessStopped.class);
  }

  @TestFactory
  List<DynamicTest> viewsOfWhatIsRoots() throws IOException {
    sandbox.file("roots/file", "root's");
    sandbox.file("roots/directory/config", "root's");
    sandbox.file("roots/directory/inner", "root's");
    Map<String, String> properties = Map.of("overlays.lower", sandbox.path("roots").toString());
    return AsUser.run(place, properties, ViewsOfOthers.class);
  }

  @TestFactory
  @Tag("long")
  List<DynamicTest> manyMountsInSequence() throws IOException {
    String mounts = System.getProperty("overlays.mounts", "50");
    return AsUser.run(place, Map.of("overlays.mounts", mounts), RootlessInSequence.class);
  }

  /** Run more seeds with {@code -Doverlays.seeds=2000}. */
  @TestFactory
  List<DynamicTest> replays() throws IOException, ClassNotFoundException {
    String seeds = Long.toString((Long.getLong("overlays.seeds", 100) + 9) / 10);
    return AsUser.run(
        place,
        Map.of("overlays.seeds", seeds),
        Class.forName("dev.overlays.linux.replay.RootlessReplays"));
  }
}
