package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Propagation;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a peer mount namespace sees of a view below a shared mount. */
class PropagationTest {
  private Sandbox sandbox;
  private Path shared;
  private HoldingProcess peer;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/file", "content");
    sandbox.createDirectory("lower/inner");
    sandbox.createDirectory("upper");
    sandbox.createDirectory("work");
    shared = sandbox.mountTmpfs("shared");
    Sandbox.run("mount", "--make-shared", shared.toString());
    Files.createDirectory(shared.resolve("mnts"));
    peer = HoldingProcess.inPeerNamespace("true");
  }

  @AfterEach
  void closeSandbox() throws IOException {
    if (peer != null) {
      peer.close();
    }
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private OverlaySpec spec(Propagation propagation) {
    return OverlaySpec.builder()
        .lower(sandbox.path("lower"))
        .upper(sandbox.path("upper"))
        .work(sandbox.path("work"))
        .mountPoint(shared.resolve("mnts"))
        .propagation(propagation)
        .build();
  }

  private String inPeer(String script, Path path) throws IOException {
    return Sandbox.run(
        "nsenter",
        "--mount=/proc/" + peer.processId() + "/ns/mnt",
        "sh",
        "-c",
        script,
        "sh",
        path.toString());
  }

  private static String here(String script, Path path) throws IOException {
    return Sandbox.run("sh", "-c", script, "sh", path.toString());
  }

  @ParameterizedTest
  @EnumSource(
      value = Propagation.class,
      names = {"PRIVATE", "SHARED", "SLAVE"})
  void whatIsMountedInside(Propagation propagation) throws IOException {
    String look = "test -e \"$1\" && echo seen || echo no";
    String mountInner = "mount -t tmpfs inner \"$1\" && touch \"$1/mounted\"";
    try (OverlayMount mount = Overlays.mount(spec(propagation))) {
      Path inner = mount.root().resolve("inner");
      Path mounted = inner.resolve("mounted");
      assertEquals("content", inPeer("cat \"$1\"", mount.root().resolve("file")));
      here(mountInner, inner);
      String expected = propagation == Propagation.SHARED ? "seen" : "no";
      assertEquals(expected, inPeer(look, mounted).strip(), "mounted here");
      Sandbox.unmountWhenIdle(inner);
      inPeer(mountInner, inner);
      expected = propagation == Propagation.PRIVATE ? "no" : "seen";
      assertEquals(expected, here(look, mounted).strip(), "mounted there");
      inPeer("umount \"$1\"", inner);
    }
    assertEquals("no", inPeer(look, shared.resolve("mnts/file")).strip(), "the view is gone there");
  }

  @Test
  void unbindableCannotBeBound() throws IOException {
    Path elsewhere = sandbox.createDirectory("elsewhere");
    try (OverlayMount mount = Overlays.mount(spec(Propagation.UNBINDABLE))) {
      assertThrows(
          IOException.class,
          () -> Sandbox.run("mount", "--bind", mount.root().toString(), elsewhere.toString()));
    }
  }

  @ParameterizedTest
  @EnumSource(Propagation.class)
  void findTellsThePropagation(Propagation propagation) throws IOException {
    try (OverlayMount mount = Overlays.mount(spec(propagation))) {
      OverlayMount found = Overlays.find(mount.root()).orElseThrow();
      assertEquals(propagation, found.spec().propagation());
    }
  }
}
