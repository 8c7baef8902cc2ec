package dev.overlays.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayBackend;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which backend mounts, by name and by its own choice. */
class BackendTest {
  private Sandbox sandbox;
  private String property;

  @BeforeEach
  void openSandbox() throws IOException {
    property = System.getProperty(Overlays.BACKEND_PROPERTY);
    sandbox = Sandbox.asRoot();
  }

  @AfterEach
  void closeSandbox() throws IOException {
    if (property == null) {
      System.clearProperty(Overlays.BACKEND_PROPERTY);
    } else {
      System.setProperty(Overlays.BACKEND_PROPERTY, property);
    }
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private static void assertUnknown(Problem problem) {
    assertEquals(ProblemCode.BACKEND_UNKNOWN, problem.code());
    assertTrue(problem.message().contains("\"nope\""), problem::message);
    assertTrue(problem.remedy().contains("kernel"), problem::remedy);
  }

  @Test
  void kernelBackendIsFoundAndAvailable() {
    OverlayBackend kernel =
        Overlays.backends().stream()
            .filter(backend -> backend.name().equals("kernel"))
            .findFirst()
            .orElseThrow();
    assertEquals(100, kernel.priority());
    assertEquals(Optional.empty(), kernel.whyUnavailable());
  }

  @Test
  void callerChoosesTheBackendByName() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    try (OverlayMount mount = Overlays.mount(spec, "kernel")) {
      assertEquals("kernel", mount.backend());
    }
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec, "nope"));
    assertUnknown(e.problems().get(0));
  }

  @Test
  void propertyChoosesTheBackendByName() throws IOException {
    OverlaySpec spec = sandbox.newLayers().build();
    System.setProperty(Overlays.BACKEND_PROPERTY, "nope");
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertUnknown(e.problems().get(0));
    assertUnknown(Overlays.check(spec).get(0));
    System.setProperty(Overlays.BACKEND_PROPERTY, "kernel");
    assertEquals(List.of(), Overlays.check(spec));
    try (OverlayMount mount = Overlays.mount(spec)) {
      assertEquals("kernel", mount.backend());
    }
  }

  @Test
  void kernelBackendRefusesPathsOfOtherProviders() throws IOException {
    Path zip = sandbox.path("archive.zip");
    try (FileSystem archive = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path foreign = archive.getPath("/lower");
      OverlaySpec spec = sandbox.newLayers().lower(foreign).build();
      OverlayException e =
          assertThrows(OverlayException.class, () -> Overlays.mount(spec, "kernel"));
      Problem problem = e.problems().get(0);
      assertEquals(ProblemCode.PATH_PROVIDER_UNSUPPORTED, problem.code());
      assertEquals(Optional.of(foreign), problem.path());
      assertFalse(problem.remedy().isBlank());
      OverlayException store = assertThrows(OverlayException.class, () -> LayerStore.of(foreign));
      assertEquals(ProblemCode.LAYER_STORE_MISSING, store.problems().get(0).code());
    }
  }
}
