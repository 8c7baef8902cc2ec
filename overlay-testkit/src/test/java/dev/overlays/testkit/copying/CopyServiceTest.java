package dev.overlays.testkit.copying;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Users find the backend through ServiceLoader, by its name. */
class CopyServiceTest {
  private final Path place;

  CopyServiceTest() throws IOException {
    place = CopyInMemoryTest.inMemory(new CopyBackend()).directory();
    Files.createDirectory(place.resolve("lower"));
    Files.writeString(place.resolve("lower/file"), "shared");
  }

  private OverlaySpec.Builder specBuilder() {
    return OverlaySpec.builder().lower(place.resolve("lower")).instance(place.resolve("instance"));
  }

  @Test
  void mountsByName() throws IOException {
    OverlaySpec spec = specBuilder().options(o -> o.withUserXattr(true)).build();
    try (OverlayMount mount = Overlays.mount(spec, "copy")) {
      assertEquals("copy", mount.backend());
      assertEquals("shared", Files.readString(mount.root().resolve("file")));
      Files.writeString(mount.root().resolve("file"), "changed");
      assertTrue(Overlays.find(place.resolve("instance/mnts")).isPresent());
    }
    assertEquals("changed", Files.readString(place.resolve("instance/upper/file")));
    assertEquals("shared", Files.readString(place.resolve("lower/file")));
  }

  @Test
  void refusesByName() {
    OverlayException e =
        assertThrows(OverlayException.class, () -> Overlays.mount(specBuilder().build(), "copy"));
    assertEquals(ProblemCode.USERXATTR_REQUIRED, e.problems().get(0).code());
  }
}
