package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about what a view shows of its layers. */
abstract class ReadingPromises extends ContractPromises {

  ReadingPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  private static String read(OverlayMount mount, String path) throws IOException {
    return Files.readString(mount.root().resolve(path));
  }

  private static boolean exists(OverlayMount mount, String path) {
    return Files.exists(mount.root().resolve(path));
  }

  private static List<String> names(OverlayMount mount, String path) throws IOException {
    return ShownTree.names(mount.root().resolve(path));
  }

  @Test
  @DisplayName("2.1 what a lower holds is shown")
  void lowerIsShown() throws IOException {
    sandbox().file("lower/a/b/file", "content");
    sandbox().directory("lower/empty");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(List.of("a", "empty"), names(mount, ""));
      assertEquals("content", read(mount, "a/b/file"));
      assertEquals(List.of(), names(mount, "empty"));
    }
  }

  @Test
  @DisplayName("2.2 what the upper holds is shown in place of the lower's")
  void upperWins() throws IOException {
    sandbox().file("lower/both", "lower");
    sandbox().file("lower/directory/kept", "lower");
    sandbox().file("lower/turned/file", "lower");
    sandbox().file("upper/both", "upper");
    sandbox().file("upper/directory/own", "upper");
    sandbox().file("upper/turned", "now a file");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(List.of("both", "directory", "turned"), names(mount, ""));
      assertEquals("upper", read(mount, "both"));
      assertEquals(List.of("kept", "own"), names(mount, "directory"));
      assertEquals("now a file", read(mount, "turned"));
    }
  }

  @Test
  @DisplayName("2.3 of several lowers the first is the top-most")
  void lowersInOrder() throws IOException {
    sandbox().file("lower/all", "first");
    sandbox().file("second/all", "second");
    sandbox().file("second/two", "second");
    sandbox().file("third/all", "third");
    sandbox().file("third/two", "third");
    sandbox().file("third/one", "third");
    OverlaySpec spec =
        sandbox().layers().lower(sandbox().path("second")).lower(sandbox().path("third")).build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("first", read(mount, "all"));
      assertEquals("second", read(mount, "two"));
      assertEquals("third", read(mount, "one"));
      assertEquals(List.of("all", "one", "two"), names(mount, ""));
    }
  }

  @Test
  @DisplayName("2.4 a whiteout hides the name in the layers below, and is not shown")
  void whiteoutsHide() throws IOException {
    sandbox().file("lower/directory/gone", "lower");
    sandbox().file("lower/directory/kept", "lower");
    sandbox().file("lower/tree/file", "lower");
    sandbox().whiteout("upper/directory/gone");
    sandbox().whiteout("upper/tree");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(List.of("directory"), names(mount, ""));
      assertEquals(List.of("kept"), names(mount, "directory"));
      assertFalse(exists(mount, "directory/gone"));
      assertFalse(exists(mount, "tree/file"));
    }
  }

  /** The backend itself writes the upper layer, because only it knows the form of its whiteouts. */
  @Test
  @DisplayName("2.5 a whiteout and an opaque directory of one lower hide what another holds")
  void hidesAsLower() throws IOException {
    sandbox().file("lower/gone", "bottom");
    sandbox().file("lower/directory/old", "bottom");
    sandbox().file("lower/kept/file", "bottom");
    try (OverlayMount mount = sandbox().mount()) {
      Files.delete(mount.root().resolve("gone"));
      Files.delete(mount.root().resolve("directory/old"));
      Files.delete(mount.root().resolve("directory"));
      Files.createDirectory(mount.root().resolve("directory"));
      Files.writeString(mount.root().resolve("directory/new"), "middle");
    }
    OverlaySpec spec =
        sandbox()
            .layers("other-")
            .lowers(List.of(sandbox().path("upper"), sandbox().path("lower")))
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("directory", "kept"), names(mount, ""));
      assertEquals(List.of("new"), names(mount, "directory"));
      assertFalse(exists(mount, "gone"));
    }
  }

  @Test
  @DisplayName("2.6 what is not there, or is no directory, fails as on any file system")
  void failures() throws IOException {
    sandbox().file("lower/file", "content");
    try (OverlayMount mount = sandbox().mount()) {
      Path missing = mount.root().resolve("missing");
      Path file = mount.root().resolve("file");
      sandbox().assertFails(NoSuchFileException.class, () -> Files.readString(missing));
      sandbox().assertFails(NoSuchFileException.class, () -> Files.size(missing));
      sandbox().assertFails(NoSuchFileException.class, () -> Files.delete(missing));
      sandbox().assertFails(NotDirectoryException.class, () -> ShownTree.names(file));
    }
  }

  @Test
  @DisplayName("2.7 a symbolic link leads to what the view shows, not to what its layer holds")
  void linksAreFollowedInTheView() throws IOException {
    sandbox().file("lower/real/file", "lower");
    Path link = sandbox().path("lower/link");
    Files.createSymbolicLink(link, link.getFileSystem().getPath("real"));
    sandbox().file("upper/real/file", "upper");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals("upper", read(mount, "link/file"));
      Path seen = mount.root().resolve("link");
      assertTrue(Files.isSymbolicLink(seen));
      assertEquals("real", Files.readSymbolicLink(seen).toString());
    }
  }

  @Test
  @DisplayName("2.8 a view without an upper shows its lowers, and takes nothing")
  void readOnlyView() throws IOException {
    sandbox().needs(Capability.READ_ONLY_VIEW);
    sandbox().file("lower/both", "top");
    sandbox().file("second/both", "bottom");
    sandbox().file("second/below", "bottom");
    OverlaySpec spec =
        sandbox()
            .marked()
            .lower(sandbox().path("lower"))
            .lower(sandbox().path("second"))
            .mountPoint(sandbox().directory("mnts"))
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("top", read(mount, "both"));
      assertEquals("bottom", read(mount, "below"));
      ReadOnly.assertTakesNothing(sandbox(), mount, "both");
    }
  }
}
