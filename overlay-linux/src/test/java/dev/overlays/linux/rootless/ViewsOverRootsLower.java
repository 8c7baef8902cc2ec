package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.testkit.junit.Fixture;
import dev.overlays.testkit.junit.View;
import dev.overlays.testkit.junit.WithOverlay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Views of an ordinary user over a lower that belongs to root and that everybody may read. */
@WithOverlay
class ViewsOverRootsLower {
  @Fixture static final Path LOWER = Path.of(System.getProperty("overlays.lower"));

  @TempDir private Path place;

  private OverlaySpec.Builder views() {
    return OverlaySpec.builder().lower(LOWER).options(options -> options.withUserXattr(true));
  }

  private static void assertWritable(Path root) throws IOException {
    assertEquals("root's", Files.readString(root.resolve("file")));
    assertEquals("rwxr-xr-x", PosixFilePermissions.toString(Files.getPosixFilePermissions(root)));
    assertEquals(System.getProperty("user.name"), Files.getOwner(root).getName());
    Files.writeString(root.resolve("new"), "mine");
    Files.delete(root.resolve("file"));
    assertFalse(Files.exists(root.resolve("file")));
  }

  @Test
  void mountsAnInstance() throws IOException {
    OverlaySpec.Builder spec = views().instance(place.resolve("instance"));
    try (OverlayMount mount = RootlessTestBase.mountByName(spec.privatePath("directory/config"))) {
      assertFalse(Files.exists(mount.root().resolve("directory/config")));
      assertTrue(Files.exists(mount.root().resolve("directory/inner")));
      assertWritable(mount.root());
    }
    assertTrue(Files.exists(LOWER.resolve("directory/config")));
    assertTrue(Files.exists(LOWER.resolve("file")));
  }

  @Test
  void mountsAnEphemeralView() throws IOException {
    try (OverlayMount mount = RootlessTestBase.mountByName(views().ephemeral())) {
      assertWritable(mount.root());
    }
    assertTrue(Files.exists(LOWER.resolve("file")));
  }

  @Test
  void mountsAViewOfTheTestKit(@View Path view) throws IOException {
    assertWritable(view);
  }
}
