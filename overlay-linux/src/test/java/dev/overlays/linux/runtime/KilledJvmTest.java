package dev.overlays.linux.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.ChildJvm;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.table.MountTable;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A JVM that is killed, whatever it was doing, leaves no mount, no directory and no process. Twenty
 * times by {@code -Doverlays.kills=20}.
 */
@Tag("long")
class KilledJvmTest {
  private static final int KILLS = Integer.getInteger("overlays.kills", 5);

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/file", "content");
  }

  @Test
  void theGuardianUnmountsWhatAKilledJvmHasMounted() throws Exception {
    long first = Long.getLong("overlays.seed", System.nanoTime());
    for (long seed = first; seed < first + KILLS; seed++) {
      KilledJvm victim = new KilledJvm(new Random(seed).nextInt(20), sandbox.path("lower"));
      List<ProcessHandle> children = victim.kill();
      assertEquals(1, children.size(), "-Doverlays.seed=" + seed);
      children.get(0).onExit().get(1, TimeUnit.MINUTES);
      assertTrue(victim.leftMounts().isEmpty(), () -> "left: " + victim.leftMounts());
      assertFalse(Files.exists(victim.directory()), "-Doverlays.seed=" + seed);
    }
  }

  /** As the kernel does when memory is short, or systemctl kill. */
  @Test
  void theNextJvmRemovesWhatIsLeftWhenTheGuardianIsKilledToo() throws Exception {
    KilledJvm victim = new KilledJvm(5, sandbox.path("lower"));
    victim.stopGuardian();
    for (ProcessHandle guardian : victim.kill()) {
      guardian.destroyForcibly();
      guardian.onExit().get(1, TimeUnit.MINUTES);
    }
    assertFalse(victim.leftMounts().isEmpty());
    Process next =
        new ProcessBuilder(ChildJvm.javaCommand(OneView.class, sandbox.path("lower").toString()))
            .inheritIO()
            .start();
    assertEquals(0, next.waitFor());
    assertTrue(victim.leftMounts().isEmpty(), () -> "left: " + victim.leftMounts());
    assertFalse(Files.exists(victim.directory()));
  }

  /** Removing the directory there would unmount the views here. */
  @Test
  void aJvmOfAnotherNamespaceLeavesTheViewsOfThisOneAlone() throws Exception {
    OverlaySpec spec = OverlaySpec.builder().lower(sandbox.path("lower")).ephemeral().build();
    try (var view = Overlays.mount(spec, "kernel")) {
      List<String> command =
          new java.util.ArrayList<>(List.of("unshare", "--mount", "--propagation", "private"));
      command.addAll(ChildJvm.javaCommand(OneView.class, sandbox.path("lower").toString()));
      assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
      assertTrue(view.isMounted());
      assertEquals("content", Files.readString(view.root().resolve("file")));
    }
  }

  /** Mounts a view and closes it. */
  static final class OneView {
    private OneView() {}

    public static void main(String[] args) throws Exception {
      Overlays.mount(OverlaySpec.builder().lower(Path.of(args[0])).ephemeral().build(), "kernel")
          .close();
    }
  }

  /** A JVM that is about to be killed. */
  private static final class KilledJvm {
    private final Process jvm;
    private final Path mounts;

    KilledJvm(int views, Path lower) throws IOException {
      jvm =
          new ProcessBuilder(ChildJvm.javaCommand(ViewsUntilKilled.class, lower.toString()))
              .redirectErrorStream(true)
              .start();
      BufferedReader lines = jvm.inputReader(UTF_8);
      String root = lines.readLine();
      assertTrue(root != null && root.startsWith("/"), () -> "the JVM has failed: " + root);
      for (int i = 1; i < views; i++) {
        lines.readLine();
      }
      mounts = Path.of(root).getParent();
    }

    /** The directory of the JVM. */
    Path directory() {
      return mounts.getParent();
    }

    void stopGuardian() throws IOException {
      for (ProcessHandle guardian : jvm.children().toList()) {
        Sandbox.run("kill", "-STOP", Long.toString(guardian.pid()));
      }
    }

    /** Kills it, and returns the children that it had. */
    List<ProcessHandle> kill() throws InterruptedException {
      List<ProcessHandle> children = jvm.children().toList();
      jvm.destroyForcibly().waitFor();
      return children;
    }

    List<Path> leftMounts() {
      try {
        return MountTable.ofThisProcess().stream()
            .map(mount -> mount.mountPoint())
            .filter(place -> place.startsWith(directory()))
            .toList();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
