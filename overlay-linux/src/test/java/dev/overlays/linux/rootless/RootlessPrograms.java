package dev.overlays.linux.rootless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Other programs in a rootless view: they see it, and end with it. */
class RootlessPrograms extends RootlessTestBase {
  @Test
  void runsProgramsInTheViewAsTheUser() throws IOException {
    sandbox.createFile("lower/file", "lower");
    try (OverlayMount mount = mountByName(newLayers())) {
      String place = sandbox.path("mnts").toString();
      String ids = runForOutput(new ProcessBuilder("sh", "-c", "id -u; id -g"));
      assertEquals(
          ids + place + "\n", runForOutput(mount.command("sh", "-c", "id -u; id -g; pwd")));
      assertEquals("lower", runForOutput(mount.command("cat", place + "/file")));
      runForOutput(mount.command("sh", "-c", "echo written > " + place + "/new"));
      assertEquals("written\n", Files.readString(mount.root().resolve("new")));
      Path file = mount.root().resolve("new");
      assertEquals(System.getProperty("user.name"), Files.getOwner(file).getName());
    }
    assertEquals("written\n", upperPath("new"));
    assertFalse(Files.exists(sandbox.path("mnts/new")), "nobody else sees it");
  }

  @Test
  void namesAndEndsAProgramInTheView() throws IOException {
    try (OverlayMount mount = mountByName(newLayers())) {
      Process process = mount.command("sh", "-c", "echo ready; exec cat").start();
      assertEquals("ready", process.inputReader(UTF_8).readLine());
      OverlayException e = assertThrows(OverlayException.class, mount::close);
      assertEquals(ProblemCode.MOUNT_BUSY, e.problems().get(0).code());
      String holder = e.problems().get(1).message();
      assertTrue(holder.contains("Process " + process.pid() + " (cat)"), holder);
      process.destroy();
      process.onExit().join();
    }
  }

  /**
   * The program ends with this JVM, because the shell that ends it stays as long as the program.
   */
  @Test
  void leavesAProgramTheViewThatIsUnmountedLazily() throws IOException {
    sandbox.createFile("lower/file", "lower");
    OverlayMount mount = mountByName(newLayers());
    Process process = mount.command("sh", "-c", "echo ready; read go; cat file").start();
    try (var said = process.inputReader(UTF_8)) {
      assertEquals("ready", said.readLine());
      mount.close(UnmountOptions.lazily());
      assertFalse(mount.isMounted());
      assertEquals(2, ProcessHandle.current().children().count());
      process.getOutputStream().write('\n');
      process.getOutputStream().close();
      assertEquals("lower", said.readLine());
      process.onExit().join();
    }
    mountByName(newLayers()).close();
    assertEquals(0, ProcessHandle.current().children().count());
  }

  /** Git works in the view as it does anywhere. */
  @Test
  void worksWithGit() throws IOException {
    Path lower = sandbox.createDirectory("lower");
    String git = "git -c user.name=n -c user.email=e ";
    runForOutput(
        new ProcessBuilder(
                "sh", "-ec", "git init -q . && echo 1 >f && git add f && " + git + "commit -qm one")
            .directory(lower.toFile()));
    try (OverlayMount mount = mountByName(newLayers())) {
      runForOutput(
          mount.command("sh", "-ec", "echo 2 >f && " + git + "commit -qam two && git gc -q"));
      assertEquals("two\none\n", runForOutput(mount.command("git", "log", "--format=%s")));
      runForOutput(mount.command("git", "fsck", "--strict"));
    }
    String log =
        runForOutput(new ProcessBuilder("git", "log", "--format=%s").directory(lower.toFile()));
    assertEquals("one\n", log);
  }

  /** A container uses the view: it reads the lower, and its writes are in the upper. */
  @Test
  void worksWithAContainer() throws IOException {
    sandbox.createFile("lower/file", "of the lower");
    try (OverlayMount mount = mountByName(newLayers())) {
      String place = sandbox.path("mnts").toString();
      String script = "cat /mnts/file && echo of the container >/mnts/new && rm /mnts/file";
      ProcessBuilder container =
          mount.command(
              "bwrap",
              "--ro-bind",
              "/usr",
              "/usr",
              "--symlink",
              "usr/lib64",
              "/lib64",
              "--symlink",
              "usr/lib",
              "/lib",
              "--symlink",
              "usr/bin",
              "/bin",
              "--bind",
              place,
              "/mnts",
              "--unshare-pid",
              "--die-with-parent",
              "sh",
              "-ec",
              script);
      assertEquals("of the lower", runForOutput(container));
      assertEquals(List.of("new"), listNames(mount.root()));
    }
    assertEquals("of the container\n", upperPath("new"));
    assertEquals("of the lower", Files.readString(sandbox.path("lower/file")));
  }
}
