package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The directories of an instance, which are removed again if the mount fails. */
class InstanceTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  private OverlaySpec.Builder instance() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.createDirectory("lower"))
        .instance(sandbox.path("instance"));
  }

  @Test
  void newUpperLooksLikeTheLower() throws IOException {
    Path lower = sandbox.createDirectory("lower");
    Sandbox.run("chmod", "2751", lower.toString());
    Sandbox.run("chown", "12:34", lower.toString());
    Sandbox.run("touch", "-d", "2001-02-03 04:05:06.789012345 UTC", lower.toString());
    String before = Sandbox.run("stat", "-c", "%a %u %g %y", lower.toString());
    try (OverlayMount mount = Overlays.mount(instance().build())) {
      assertEquals(before, Sandbox.run("stat", "-c", "%a %u %g %y", mount.root().toString()));
    }
  }

  /** The kernel mounts this without the index; the mount is undone afterwards. */
  @Test
  void removesWhatItCreatedWhenTheMountIsUndone() throws IOException {
    sandbox.createDirectory("lower");
    SortedMap<String, String> before = sandbox.listEntries();
    OverlaySpec spec =
        instance().lower(Path.of("/sys/kernel")).options(o -> o.withIndex(true)).build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(ProblemCode.OPTION_NOT_IN_FORCE, e.problems().get(0).code(), e::toString);
    assertEquals(before, sandbox.listEntries());
  }

  @Test
  void removesOnlyWhatItCreated() throws IOException {
    sandbox.createDirectory("lower");
    sandbox.createFile("instance/upper/file", "mine");
    SortedMap<String, String> before = sandbox.listEntries();
    OverlaySpec spec =
        instance().lower(Path.of("/sys/kernel")).options(o -> o.withIndex(true)).build();
    assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(before, sandbox.listEntries());
  }
}
