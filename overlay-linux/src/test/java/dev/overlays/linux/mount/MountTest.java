package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.util.SortedMap;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Properties of a mount that are special to the kernel backend. */
class MountTest {
  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  /** The problem that a layer was in use a moment ago is no cause. */
  @Test
  void anExplainedRefusalHasNoCause() throws IOException {
    sandbox.createFile("mnts/file", "");
    OverlaySpec spec = sandbox.newLayers().build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertTrue(e.has(ProblemCode.MOUNT_POINT_NOT_EMPTY), e::toString);
    assertNull(e.getCause());
  }

  @Test
  void tellsWhatItIs() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertSame(spec, mount.spec());
      assertEquals(sandbox.path("mnts"), mount.root());
      assertEquals("kernel", mount.backend());
      assertTrue(mount.isMounted());
    }
  }

  @Test
  void closesOnceAndLeavesTheMountPointAsItWas() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    SortedMap<String, String> before = sandbox.listEntries();
    OverlayMount mount = Overlays.mount(spec);
    mount.close();
    assertFalse(mount.isMounted());
    mount.close();
    assertFalse(mount.isMounted());
    SortedMap<String, String> after = sandbox.listEntries();
    // The kernel's own, of mode 000, which it makes anew at each mount.
    after.remove("work/work");
    assertEquals(before, after);
  }
}
