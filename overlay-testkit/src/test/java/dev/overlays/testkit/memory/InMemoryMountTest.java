package dev.overlays.testkit.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

class InMemoryMountTest {
  @AutoClose private final FileSystem memory = InMemoryFileSystems.create();

  private OverlaySpec.Builder newSpec() throws IOException {
    Path lower = Files.createDirectories(memory.getPath("/lower"));
    Files.writeString(lower.resolve("file"), "content");
    return OverlaySpec.builder().lower(lower);
  }

  private OverlaySpec writtenSpec() throws IOException {
    return newSpec().instance(memory.getPath("/instance")).build();
  }

  private static OverlayMount mount(OverlaySpec spec) throws IOException {
    return Overlays.mount(spec, InMemoryBackend.NAME);
  }

  private static boolean isRemembered(OverlayMount mount) {
    synchronized (InMemoryMount.ALL) {
      return InMemoryMount.ALL.contains(mount);
    }
  }

  /** A view that is remembered keeps its layers in memory as long as the JVM lives. */
  @Test
  void aClosedViewIsForgotten() throws IOException {
    OverlaySpec ephemeral = newSpec().ephemeral(Ephemeral.inMemory()).build();
    for (OverlaySpec spec : List.of(writtenSpec(), ephemeral)) {
      OverlayMount mount = mount(spec);
      assertTrue(isRemembered(mount), spec::toString);
      mount.close();
      assertFalse(isRemembered(mount), spec::toString);
    }
  }

  @Test
  void aViewThatIsClosedLazilyIsForgottenThoughAFileIsOpen() throws IOException {
    OverlayMount mount = mount(writtenSpec());
    try (InputStream open = Files.newInputStream(mount.root().resolve("file"))) {
      mount.close(UnmountOptions.lazily());
      assertFalse(isRemembered(mount));
      assertEquals('c', open.read());
    }
  }

  @Test
  void aViewThatIsBusyIsStillRemembered() throws IOException {
    OverlayMount mount = mount(writtenSpec());
    try (InputStream open = Files.newInputStream(mount.root().resolve("file"))) {
      assertThrows(OverlayException.class, mount::close);
      assertTrue(isRemembered(mount));
      assertEquals('c', open.read());
    }
    mount.close();
    assertFalse(isRemembered(mount));
  }
}
