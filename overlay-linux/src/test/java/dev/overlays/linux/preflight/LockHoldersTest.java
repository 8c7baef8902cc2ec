package dev.overlays.linux.preflight;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.syscall.FileId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A lock on a layer is told with the process that has it. */
class LockHoldersTest {
  private static final FileId FILE =
      new FileId(0x4000, (8L << Integer.SIZE) | 0x1f, 4711, 0, false, 0, false);
  private static final String UNKNOWN = "a process that cannot be told from here";

  private final NativeLayerStore store = new NativeLayerStore();
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeLayers() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private Problem refusal(OverlaySpec spec) {
    OverlayException e = assertThrows(OverlayException.class, () -> store.claim(spec));
    Problem problem = e.problems().get(0);
    assertEquals(ProblemCode.LAYER_LOCKED, problem.code());
    return problem;
  }

  @Test
  void claimNamesTheProcessOfAnotherUserThatHasTheLock() throws Exception {
    OverlaySpec spec = sandbox.layers().build();
    Sandbox.run("chmod", "755", sandbox.root().toString());
    Path lower = spec.lowers().get(0);
    List<String> asNobody =
        List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "flock");
    List<String> lock =
        List.of("--no-fork", "-s", lower.toString(), "sh", "-c", "echo locked; read -r end");
    Process other =
        new ProcessBuilder(Stream.concat(asNobody.stream(), lock.stream()).toList())
            .redirectErrorStream(true)
            .start();
    try {
      assertEquals('l', other.getInputStream().read());
      Problem problem = refusal(spec);
      String user =
          Files.getOwner(Path.of("/proc/" + other.pid()), LinkOption.NOFOLLOW_LINKS).getName();
      String holder = "process " + other.pid() + " (sh) of user " + user;
      assertTrue(problem.message().contains(holder), problem::toString);
      assertTrue(problem.remedy().contains("flock"), problem::toString);
    } finally {
      other.destroyForcibly().waitFor();
    }
    store.claim(spec).close();
  }

  /** As a rootless view holds its layers, which waiting does not end. */
  @Test
  void claimTellsThatThisProcessHasNotClosedAView() throws IOException {
    OverlaySpec spec = sandbox.layers().build();
    try (Closeable hold = store.hold(spec)) {
      assertNotNull(hold);
      Problem problem = refusal(spec);
      assertEquals(Optional.of(spec.lowers().get(0)), problem.path());
      assertTrue(problem.message().contains("has not been closed"), problem::toString);
      assertTrue(problem.remedy().startsWith("Close the view"), problem::toString);
    }
  }

  @Test
  void onlyLocksOfThisKindOnThisFileCount() {
    long own = ProcessHandle.current().pid();
    LockHolders holders =
        LockHolders.of(
            List.of(
                "1: FLOCK  ADVISORY  WRITE 1 08:1f:4712 0 EOF",
                "2: POSIX  ADVISORY  WRITE 1 08:1f:4711 0 EOF",
                "3: FLOCK  ADVISORY  READ " + own + " 08:1f:4711 0 EOF",
                "3: -> FLOCK  ADVISORY  WRITE 1 08:1f:4711 0 EOF"),
            FILE);
    assertTrue(holders.areThisProcess());
  }

  @Test
  void whoeverCannotBeSeenIsNotGuessed() {
    List<String> hidden = List.of("1: FLOCK ADVISORY READ 0 08:1f:4711 0 EOF");
    assertEquals(UNKNOWN, LockHolders.of(List.of(), FILE).holderWords());
    assertEquals(UNKNOWN, LockHolders.of(hidden, FILE).holderWords());
  }
}
