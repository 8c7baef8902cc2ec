package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Private paths if the kernel mounts without a requested option. */
class PrivatePathTest {
  private Sandbox sandbox;
  private OverlaySpec.Builder layers;
  private String lowerBefore;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    layers = sandbox.newLayers();
    sandbox.createFile("lower/.yfnode/config", "the shared one");
    sandbox.createFile("lower/.yfnode/keys/a", "a");
    sandbox.createFile("lower/.yfnode/keys/deep/b", "b");
    sandbox.createFile("lower/.yfnode/cache/data", "data");
    Sandbox.run("chmod", "751", sandbox.path("lower/.yfnode").toString());
    lowerBefore = lower();
  }

  @AfterEach
  void closeSandbox() throws IOException {
    try {
      if (lowerBefore != null) {
        assertEquals(lowerBefore, lower());
      }
    } finally {
      if (sandbox != null) {
        sandbox.close();
      }
    }
  }

  private String lower() throws IOException {
    String lower = sandbox.path("lower").toString();
    return Sandbox.run("find", lower, "-printf", "%P %y %m %U %T@ %s\\n")
        + Sandbox.run("getfattr", "-R", "-d", "-m", "-", "--absolute-names", lower);
  }

  /** With the identity that the kernel gives to a new upper. */
  private String upperMarks() throws IOException {
    return Sandbox.run("getfattr", "-d", "-m", "-", sandbox.path("upper").toString());
  }

  /** The kernel mounts this without the index; the mount is undone afterwards. */
  @Test
  void nothingIsLeftInTheUpperWhenTheMountFails() throws IOException {
    sandbox.createFile("upper/.yfnode/keys/mine", "mine");
    SortedMap<String, String> before = sandbox.listEntries();
    String marksBefore = upperMarks();
    OverlaySpec spec =
        layers
            .lower(Path.of("/sys/kernel"))
            .privatePath(".yfnode/config")
            .privatePath(".yfnode/keys")
            .privatePath(".yfnode/cache/data")
            .options(o -> o.withIndex(true))
            .build();
    assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(before, sandbox.listEntries());
    assertEquals(marksBefore, upperMarks());
    assertEquals(
        "",
        Sandbox.run(
            "getfattr", "-R", "-d", "-m", "trusted", sandbox.path("upper/.yfnode").toString()));
  }
}
