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

  private static String readFile(OverlayMount mount, String path) throws IOException {
    return Files.readString(mount.root().resolve(path));
  }

  private static boolean existsIn(OverlayMount mount, String path) {
    return Files.exists(mount.root().resolve(path));
  }

  private static List<String> namesIn(OverlayMount mount, String path) throws IOException {
    return VisibleTree.namesIn(mount.root().resolve(path));
  }

  @Test
  @DisplayName("2.1 what a lower holds is shown")
  void lowerIsShown() throws IOException {
    sandbox().makeFile("lower/a/b/file", "content");
    sandbox().makeDirectory("lower/empty");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(List.of("a", "empty"), namesIn(mount, ""));
      assertEquals("content", readFile(mount, "a/b/file"));
      assertEquals(List.of(), namesIn(mount, "empty"));
    }
  }

  @Test
  @DisplayName("2.2 what the upper holds is shown in place of the lower's")
  void upperWins() throws IOException {
    sandbox().makeFile("lower/both", "lower");
    sandbox().makeFile("lower/directory/kept", "lower");
    sandbox().makeFile("lower/turned/file", "lower");
    sandbox().makeFile("upper/both", "upper");
    sandbox().makeFile("upper/directory/own", "upper");
    sandbox().makeFile("upper/turned", "now a file");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(List.of("both", "directory", "turned"), namesIn(mount, ""));
      assertEquals("upper", readFile(mount, "both"));
      assertEquals(List.of("kept", "own"), namesIn(mount, "directory"));
      assertEquals("now a file", readFile(mount, "turned"));
    }
  }

  @Test
  @DisplayName("2.3 of several lowers the first is the top-most")
  void firstLowerIsTopmost() throws IOException {
    sandbox().makeFile("lower/all", "first");
    sandbox().makeFile("second/all", "second");
    sandbox().makeFile("second/two", "second");
    sandbox().makeFile("third/all", "third");
    sandbox().makeFile("third/two", "third");
    sandbox().makeFile("third/one", "third");
    OverlaySpec spec =
        sandbox()
            .specOfLayers()
            .lower(sandbox().pathOf("second"))
            .lower(sandbox().pathOf("third"))
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("first", readFile(mount, "all"));
      assertEquals("second", readFile(mount, "two"));
      assertEquals("third", readFile(mount, "one"));
      assertEquals(List.of("all", "one", "two"), namesIn(mount, ""));
    }
  }

  @Test
  @DisplayName("2.4 a whiteout hides the name in the layers below, and is not shown")
  void whiteoutsHide() throws IOException {
    sandbox().makeFile("lower/directory/gone", "lower");
    sandbox().makeFile("lower/directory/kept", "lower");
    sandbox().makeFile("lower/tree/file", "lower");
    sandbox().makeWhiteout("upper/directory/gone");
    sandbox().makeWhiteout("upper/tree");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(List.of("directory"), namesIn(mount, ""));
      assertEquals(List.of("kept"), namesIn(mount, "directory"));
      assertFalse(existsIn(mount, "directory/gone"));
      assertFalse(existsIn(mount, "tree/file"));
    }
  }

  /** The backend itself writes the upper layer, because only it knows the form of its whiteouts. */
  @Test
  @DisplayName("2.5 a whiteout and an opaque directory of one lower hide what another holds")
  void whiteoutsOfALowerHideLowersBelow() throws IOException {
    sandbox().makeFile("lower/gone", "bottom");
    sandbox().makeFile("lower/directory/old", "bottom");
    sandbox().makeFile("lower/kept/file", "bottom");
    try (OverlayMount mount = sandbox().mount()) {
      Files.delete(mount.root().resolve("gone"));
      Files.delete(mount.root().resolve("directory/old"));
      Files.delete(mount.root().resolve("directory"));
      Files.createDirectory(mount.root().resolve("directory"));
      Files.writeString(mount.root().resolve("directory/new"), "middle");
    }
    OverlaySpec spec =
        sandbox()
            .specOfLayers("other-")
            .lowers(List.of(sandbox().pathOf("upper"), sandbox().pathOf("lower")))
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("directory", "kept"), namesIn(mount, ""));
      assertEquals(List.of("new"), namesIn(mount, "directory"));
      assertFalse(existsIn(mount, "gone"));
    }
  }

  @Test
  @DisplayName("2.6 what is not there, or is no directory, fails as on any file system")
  void failsAsOnAnyFileSystem() throws IOException {
    sandbox().makeFile("lower/file", "content");
    try (OverlayMount mount = sandbox().mount()) {
      Path missing = mount.root().resolve("missing");
      Path file = mount.root().resolve("file");
      sandbox().assertFails(NoSuchFileException.class, () -> Files.readString(missing));
      sandbox().assertFails(NoSuchFileException.class, () -> Files.size(missing));
      sandbox().assertFails(NoSuchFileException.class, () -> Files.delete(missing));
      sandbox().assertFails(NotDirectoryException.class, () -> VisibleTree.namesIn(file));
    }
  }

  @Test
  @DisplayName("2.7 a symbolic link leads to what the view shows, not to what its layer holds")
  void linksAreFollowedInTheView() throws IOException {
    sandbox().makeFile("lower/real/file", "lower");
    Path link = sandbox().pathOf("lower/link");
    Files.createSymbolicLink(link, link.getFileSystem().getPath("real"));
    sandbox().makeFile("upper/real/file", "upper");
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals("upper", readFile(mount, "link/file"));
      Path seen = mount.root().resolve("link");
      assertTrue(Files.isSymbolicLink(seen));
      assertEquals("real", Files.readSymbolicLink(seen).toString());
    }
  }

  @Test
  @DisplayName("2.8 a view without an upper shows its lowers, and takes nothing")
  void readOnlyView() throws IOException {
    sandbox().assumeDeclared(Capability.READ_ONLY_VIEW);
    sandbox().makeFile("lower/both", "top");
    sandbox().makeFile("second/both", "bottom");
    sandbox().makeFile("second/below", "bottom");
    OverlaySpec spec =
        sandbox()
            .specWithoutLayers()
            .lower(sandbox().pathOf("lower"))
            .lower(sandbox().pathOf("second"))
            .mountPoint(sandbox().makeDirectory("mnts"))
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals("top", readFile(mount, "both"));
      assertEquals("bottom", readFile(mount, "below"));
      ReadOnlyCheck.assertRefusesChanges(sandbox(), mount, "both");
    }
  }
}
