package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.layer.NativeLayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kernel mounts an upper that fuse-overlayfs has left in its own form. */
class FuseMarkedUpperTest {
  private Sandbox sandbox;
  private OverlaySpec spec;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    spec = sandbox.newLayers().build();
    sandbox.createFile("lower/deleted", "old");
    Path hiding = sandbox.createFile("upper/.wh.deleted", "");
    Sandbox.run("chmod", "700", hiding.toString());
  }

  @AfterEach
  void closeSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private LayerDirectory openUpper() throws IOException {
    return new NativeLayerStore().open(sandbox.path("upper"));
  }

  @Test
  void markedUpperIsConvertedBeforeTheMount() throws IOException {
    MarkNamespace marks = MarkNamespace.of(spec.options());
    try (LayerDirectory upper = openUpper()) {
      FuseForm.markUpper(upper, marks);
    }
    try (OverlayMount view = Overlays.mount(spec, KernelMount.BACKEND)) {
      assertFalse(Files.exists(view.root().resolve("deleted")));
      assertFalse(Files.exists(view.root().resolve(".wh.deleted")));
    }
    try (LayerDirectory upper = openUpper()) {
      assertFalse(FuseForm.isMarked(upper, marks));
    }
  }

  @Test
  void upperWithoutTheMarkIsMountedAsItIs() throws IOException {
    try (OverlayMount view = Overlays.mount(spec, KernelMount.BACKEND)) {
      assertEquals("old", Files.readString(view.root().resolve("deleted")));
      assertTrue(Files.exists(view.root().resolve(".wh.deleted")));
    }
  }
}
