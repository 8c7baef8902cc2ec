package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.linux.namespace.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Views over and in other views, which only their namespace has. */
class RootlessOnViews extends RootlessBed {
  private OverlaySpec.Builder over(Path lower) {
    return OverlaySpec.builder().lower(lower).options(options -> options.withUserXattr(true));
  }

  private OverlayMount view() throws IOException {
    OverlayMount view = mount(layers());
    Files.createDirectories(view.root().resolve("inner/place"));
    Files.writeString(view.root().resolve("inner/file"), "of the view");
    return view;
  }

  @Test
  void isMountedOverAnother() throws IOException {
    try (OverlayMount view = view();
        OverlayMount whole = mount(over(view.root()).instance(sandbox.path("whole")));
        OverlayMount part =
            mount(over(view.root().resolve("inner")).instance(sandbox.path("part")))) {
      assertEquals("of the view", Files.readString(whole.root().resolve("inner/file")));
      assertEquals("of the view", Files.readString(part.root().resolve("file")));
      Files.writeString(part.root().resolve("file"), "changed");
      assertEquals("of the view", Files.readString(view.root().resolve("inner/file")));
    }
  }

  @Test
  void isMountedInAnother() throws IOException {
    sandbox.file("other/lower/file", "of the other");
    Path place = sandbox.path("other");
    OverlaySpec.Builder spec =
        over(place.resolve("lower"))
            .upper(Files.createDirectory(place.resolve("upper")))
            .work(Files.createDirectory(place.resolve("work")));
    try (OverlayMount view = view()) {
      Path mountPoint = view.root().resolve("inner/place");
      try (OverlayMount inner = mount(spec.mountPoint(mountPoint))) {
        assertTrue(inner.isMounted());
        assertEquals("of the other", Files.readString(mountPoint.resolve("file")));
        assertThrows(OverlayException.class, view::close);
      }
      assertTrue(view.isMounted());
    }
  }

  @Test
  void isMountedOverAnotherWithoutMountPoint() throws IOException {
    try (OverlayMount view = view();
        OverlayMount whole = mount(over(view.root()).ephemeral());
        OverlayMount part = mount(over(view.root().resolve("inner")).ephemeral())) {
      Files.writeString(whole.root().resolve("inner/file"), "changed above");
      assertEquals("of the view", Files.readString(view.root().resolve("inner/file")));
      assertEquals("changed above", output(whole.command("cat", "inner/file")));
      assertEquals("of the view", Files.readString(part.root().resolve("file")));
      assertEquals("of the view", output(part.command("cat", "file")));
    }
  }

  /** What this process sees by a path, another namespace need not have. */
  @Test
  void isRefusedOverWhatOnlyAnotherNamespaceHas() throws IOException {
    try (OverlayMount view = view();
        UserNamespace other = UserNamespace.startForViews()) {
      Path elsewhere = other.pathSeenHere(ViewPlace.createPlace(other).pathInside());
      assertThrows(OverlayException.class, () -> mount(over(elsewhere).ephemeral()));
      assertTrue(view.isMounted());
    }
  }
}
