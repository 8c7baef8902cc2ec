package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** No path leads out of a view: calls that need canonical paths fail and create nothing. */
class RootlessPaths extends RootlessTestBase {
  /** With a mount point, without one, and the same ephemeral. */
  private List<OverlaySpec.Builder> kinds() throws IOException {
    sandbox.createFile("lower/etc/hosts", "the view's");
    Path parent = sandbox.createDirectory("parent");
    return List.of(
        newLayers(),
        withoutMountPoint()
            .upper(sandbox.createDirectory("upper of another"))
            .work(sandbox.createDirectory("work of another")),
        ephemeralSpec(),
        withoutMountPoint().ephemeral(),
        withoutMountPoint().ephemeral(Ephemeral.in(parent)));
  }

  private OverlaySpec.Builder withoutMountPoint() throws IOException {
    return OverlaySpec.builder()
        .lower(sandbox.createDirectory("lower"))
        .options(options -> options.withUserXattr(true));
  }

  @Test
  void canonicalPathsFail() throws IOException {
    for (OverlaySpec.Builder spec : kinds()) {
      List<String> before = tree(Path.of("/"));
      try (OverlayMount mount = mountByName(spec)) {
        assertNoCanonicalPath(mount.root());
        assertEquals(List.of("etc"), listNames(mount.root()));
        assertEquals(before, tree(Path.of("/")));
      }
    }
  }

  private static void assertNoCanonicalPath(Path root) throws IOException {
    Path hosts = root.resolve("etc/hosts");
    assertEquals("the view's", Files.readString(hosts));
    assertThrows(IOException.class, hosts::toRealPath);
    assertThrows(IOException.class, root::toRealPath);
    assertThrows(IOException.class, () -> Files.getFileStore(hosts));
    File made = root.resolve("made/by/mkdirs").toFile();
    assertFalse(made.mkdirs());
    assertFalse(made.getCanonicalFile().exists());
    File canonical = hosts.toFile().getCanonicalFile();
    assertFalse(canonical.exists(), canonical::toString);
    assertTrue(canonical.toString().startsWith("/dev/null/"), canonical::toString);
    assertThrows(IOException.class, () -> new FileOutputStream(canonical).close());
    File beside = new File(root.toFile(), "etc/new").getCanonicalFile();
    assertThrows(IOException.class, () -> new FileOutputStream(beside).close());
    assertFalse(beside.getParentFile().mkdirs());
  }

  /** The names of what is in the machine's root. */
  private static List<String> tree(Path root) throws IOException {
    try (Stream<Path> paths = Files.list(root)) {
      return paths
          .filter(path -> !path.endsWith("proc") && !path.endsWith("tmp"))
          .map(Path::toString)
          .sorted()
          .toList();
    }
  }

  @Test
  void aWalkOfTheNormalizedRootSeesTheView() throws IOException {
    for (OverlaySpec.Builder spec : kinds()) {
      try (OverlayMount mount = mountByName(spec)) {
        Path root = mount.root().normalize();
        assertEquals(root, mount.root());
        assertTrue(Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS));
        try (Stream<Path> paths = Files.walk(root)) {
          List<String> found = paths.map(path -> root.relativize(path).toString()).toList();
          assertEquals(List.of("", "etc", "etc/hosts"), found);
        }
      }
    }
  }

  @Test
  void theRootOfAClosedViewLeadsNowhere() throws IOException {
    try (OverlayMount other = mountByName(withoutMountPoint().ephemeral())) {
      for (OverlaySpec.Builder spec : kinds()) {
        OverlayMount mount = mountByName(spec);
        Path root = mount.root();
        mount.close();
        assertFalse(Files.exists(root));
        assertThrows(IOException.class, () -> Files.createFile(root.resolve("file")));
        if (!System.getProperty("user.name").equals("root")) {
          // Root passes the permissions, but creates it in memory, where nobody sees it.
          assertThrows(IOException.class, () -> Files.createDirectories(root.resolve("a/b")));
        }
        try (OverlayMount next = mountByName(spec)) {
          assertEquals(List.of("etc"), listNames(next.root()));
          assertFalse(next.root().equals(root));
        }
      }
      assertTrue(other.isMounted());
    }
    assertEquals(List.of(), listNames(sandbox.path("mnts")));
  }
}
