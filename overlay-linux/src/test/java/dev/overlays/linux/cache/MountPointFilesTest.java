package dev.overlays.linux.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.cache.SharedCache;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files that are moved aside from a mount point, tested on the kernel. */
class MountPointFilesTest {
  @AutoClose private Sandbox sandbox;
  private Path mountPoint;
  private Path aside;
  private SharedCache cache;

  /** A skip in the setup would still run the teardown. */
  @BeforeAll
  static void needRoot() {
    Sandbox.assumeRoot();
  }

  @BeforeEach
  void makeCache() throws IOException {
    sandbox = Sandbox.asRoot();
    Path instances = sandbox.createDirectory("instances");
    cache = SharedCache.of(sandbox.createDirectory("lower"), instances);
    cache.create("one");
    mountPoint = instances.resolve("one/mnts");
    aside = instances.resolve("one/mnts.overlays-aside-1");
  }

  @AfterEach
  void unmount() throws IOException {
    cache.unmountAll(UnmountOptions.strict());
  }

  private static String readAttributes(Path directory) throws IOException {
    return Sandbox.run("stat", "-c", "%a %u %g", directory.toString())
        + Sandbox.run("getfattr", "-n", "user.label", "--only-values", directory.toString());
  }

  @Test
  void asideDirectoryHasTheAttributesOfTheMountPoint() throws IOException {
    Sandbox.run("chmod", "2751", mountPoint.toString());
    Sandbox.run("chown", "12:34", mountPoint.toString());
    Sandbox.run("setfattr", "-n", "user.label", "-v", "mine", mountPoint.toString());
    String before = readAttributes(mountPoint);
    Files.createFile(mountPoint.resolve("pid"));
    cache.mount("one").close();
    assertEquals(before, readAttributes(aside));
    assertEquals(before, readAttributes(mountPoint));
  }

  @Test
  void everyKindOfEntryIsMovedAsItIs() throws IOException {
    Sandbox.run(
        "sh",
        "-ec",
        "cd \"$1\"; mkfifo pipe; ln -s nowhere link; mknod null c 1 3; mkdir -m 0 closed;"
            + " touch \"$(printf 'odd\\nname\\377')\"",
        "sh",
        mountPoint.toString());
    String before = listEntries(mountPoint);
    cache.mount("one");
    assertEquals(before, listEntries(aside));
  }

  private static String listEntries(Path directory) throws IOException {
    return Sandbox.run(
        "sh",
        "-ec",
        "cd \"$1\"; find . -mindepth 1 -printf '%p %y %m %i %l\\n' | sort | cat -v",
        "sh",
        directory.toString());
  }

  @Test
  void nothingIsMovedWhileSomethingIsMountedInside() throws IOException {
    for (String what : new String[] {"tmpfs", "bind"}) {
      Path inner = Files.createDirectories(mountPoint.resolve("a/b"));
      Files.writeString(mountPoint.resolve("pid"), "left");
      if (what.equals("bind")) {
        Sandbox.run("mount", "--bind", mountPoint.resolve("a").toString(), inner.toString());
      } else {
        Sandbox.run("mount", "-t", "tmpfs", "tmpfs", inner.toString());
      }
      OverlayException e = assertThrows(OverlayException.class, () -> cache.mount("one"));
      Problem problem = e.problems().get(0);
      assertEquals(ProblemCode.MOUNT_POINT_NOT_EMPTY, problem.code(), problem::toString);
      assertEquals(Optional.of(inner), problem.path());
      assertEquals("left", Files.readString(mountPoint.resolve("pid")));
      assertFalse(Files.exists(aside));
      Sandbox.run("umount", inner.toString());
    }
    assertTrue(cache.mount("one").isMounted());
    assertTrue(Files.isDirectory(aside.resolve("a/b")));
  }

  @Test
  void refusesAFileThatCannotBeMoved() throws IOException {
    Path file = Files.createFile(mountPoint.resolve("busy"));
    Sandbox.run("mount", "--bind", file.toString(), file.toString());
    OverlayException e = assertThrows(OverlayException.class, () -> cache.mount("one"));
    assertEquals(ProblemCode.CACHE_NOT_ACCESSIBLE, e.problems().get(0).code(), e::getMessage);
    assertTrue(e.getMessage().contains("busy"), e::getMessage);
    assertFalse(Files.exists(aside), "an empty directory");
    Sandbox.run("umount", file.toString());
  }

  /** A container that has bound the mount point sees the view, because it is the same directory. */
  @Test
  void theMountPointStaysTheSameDirectory() throws IOException {
    Object before = Files.getAttribute(mountPoint, "unix:ino");
    Files.createFile(mountPoint.resolve("pid"));
    cache.mount("one").close();
    assertEquals(before, Files.getAttribute(mountPoint, "unix:ino"));
  }
}
