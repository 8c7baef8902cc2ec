package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.mount.UnlistedMounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The shell of the namespace is stopped. Calls wait as long as the property {@code
 * dev.overlays.holder.limit} says.
 */
class RootlessHolderStopped extends RootlessTestBase {
  private OverlayMount mount;
  private ProcessHandle holder;

  @BeforeEach
  @Override
  void openSandbox() throws IOException {
    super.openSandbox();
    mount = mountByName(newLayers());
    Files.writeString(mount.root().resolve("file"), "written");
    holder = ProcessHandle.current().children().findFirst().orElseThrow();
    signal("STOP");
  }

  @AfterEach
  @Override
  void closeSandbox() throws IOException {
    if (holder.isAlive()) {
      signal("CONT");
    }
    mount.close(UnmountOptions.lazily());
    super.closeSandbox();
  }

  private void signal(String name) throws IOException {
    runForOutput(new ProcessBuilder("kill", "-" + name, Long.toString(holder.pid())));
  }

  private void assertTold(OverlayException e) {
    assertTrue(e.has(ProblemCode.HOLDER_FAILED), e::toString);
    String told = e.problems().get(0).toString();
    assertTrue(told.contains("process " + holder.pid()), told);
    assertTrue(told.contains("kill -CONT " + holder.pid()), told);
  }

  @Test
  void closeNamesTheProcessThatDoesNotAnswer() throws IOException {
    assertTold(assertThrows(OverlayException.class, mount::close));
    assertTold(assertThrows(OverlayException.class, mount::close));
    assertTrue(mount.isMounted());
    assertEquals("written", Files.readString(mount.root().resolve("file")));
    signal("CONT");
    mount.close();
    assertFalse(mount.isMounted());
    assertEquals("written", upperPath("file"));
  }

  @Test
  void commandIsRefused() {
    Throwable e = assertThrows(RuntimeException.class, () -> mount.command("true"));
    assertTold((OverlayException) e.getCause());
  }

  @Test
  void anInterruptShortensTheWait() throws IOException {
    Thread.currentThread().interrupt();
    assertTold(assertThrows(OverlayException.class, mount::close));
    assertTrue(Thread.interrupted());
  }

  @Test
  void anInterruptedThreadMountsAndUnmounts() throws IOException {
    signal("CONT");
    mount.close();
    Thread.currentThread().interrupt();
    mountByName(ephemeralSpec()).close();
    assertTrue(Thread.interrupted());
  }

  /** Views that are mounted meanwhile get another namespace. */
  @Test
  void otherViewsMountAndUnmount() throws IOException {
    assertThrows(OverlayException.class, mount::close);
    OverlaySpec.Builder spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .options(options -> options.withUserXattr(true))
            .ephemeral();
    try (OverlayMount other = mountByName(spec)) {
      Files.writeString(other.root().resolve("file"), "of the other");
      assertEquals("of the other", runForOutput(other.command("cat", "file")));
      assertEquals(2, UnlistedMounts.of(RootlessMount.BACKEND).size());
    }
    assertEquals(List.of(mount), UnlistedMounts.of(RootlessMount.BACKEND));
  }

  /** A mount that timed out is undone when the shell continues. */
  @Test
  void aMountThatTookTooLongLeavesNothing() throws IOException {
    Path instance = sandbox.path("instance");
    OverlaySpec.Builder spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .instance(instance)
            .options(options -> options.withUserXattr(true));
    assertTold(assertThrows(OverlayException.class, () -> mountByName(spec)));
    assertFalse(Files.exists(instance));
    signal("CONT");
    awaitAnswer();
    String table = Files.readString(Path.of("/proc", Long.toString(holder.pid()), "mountinfo"));
    assertFalse(table.contains(instance.toString()), table);
    mountByName(spec).close();
  }

  /** Waits for the answer to a last command. */
  private void awaitAnswer() throws IOException {
    while (true) {
      try {
        runForOutput(mount.command("true"));
        return;
      } catch (UncheckedIOException e) {
        assertTold((OverlayException) e.getCause());
      }
    }
  }

  @Test
  void aHolderThatIsKilledTakesItsViewsAlong() throws IOException {
    assertThrows(OverlayException.class, mount::close);
    holder.destroyForcibly();
    holder.onExit().join();
    assertFalse(mount.isMounted());
    mount.close();
    mount = mountByName(newLayers());
    holder = ProcessHandle.current().children().findFirst().orElseThrow();
    assertEquals("written", Files.readString(mount.root().resolve("file")));
  }
}
