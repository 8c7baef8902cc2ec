package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is named when a view is not unmounted because somebody uses it. */
class BusyTest {
  private Sandbox sandbox;
  private OverlayMount mount;
  private Path file;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/directory/file", "content");
    mount = Overlays.mount(sandbox.newLayers().build());
    file = mount.root().resolve("directory/file");
  }

  @AfterEach
  void closeSandbox() throws IOException {
    try {
      if (mount != null) {
        mount.close();
      }
    } finally {
      if (sandbox != null) {
        sandbox.close();
      }
    }
  }

  /** The one holder named by the refusal to unmount. */
  private Problem refusedHolder() {
    OverlayException e = assertThrows(OverlayException.class, mount::close);
    assertEquals(
        List.of(ProblemCode.MOUNT_BUSY, ProblemCode.MOUNT_HELD),
        e.problems().stream().map(Problem::code).toList(),
        e::toString);
    assertEquals(Optional.of(mount.root()), e.problems().get(0).path());
    assertTrue(mount.isMounted());
    return e.problems().get(1);
  }

  private void assertHeld(HoldingProcess holder, String command, String use, Path path) {
    Problem problem = refusedHolder();
    assertEquals(Optional.of(path), problem.path());
    assertEquals(
        "Process " + holder.processId() + " (" + command + ") uses it: " + use + " " + path + ".",
        problem.message());
  }

  @Test
  void namesAWorkingDirectory() throws IOException {
    try (HoldingProcess holder = HoldingProcess.runningScript("cd \"$1\"", file.getParent())) {
      assertHeld(holder, "sh", "working directory", file.getParent());
    }
  }

  @Test
  void namesAnOpenFile() throws IOException {
    try (HoldingProcess holder = HoldingProcess.runningScript("exec 7<\"$1\"", file)) {
      assertHeld(holder, "sh", "open file", file);
    }
  }

  @Test
  void namesARunningProgram() throws IOException {
    Path program = mount.root().resolve("my shell");
    Files.copy(Path.of("/bin/sh").toRealPath(), program, StandardCopyOption.COPY_ATTRIBUTES);
    String script = "exec \"$1\" -c 'echo ready; read released || true'";
    try (HoldingProcess holder = HoldingProcess.runningScript(script, program)) {
      assertHeld(holder, "my shell", "program", program);
    }
  }

  @Test
  void namesARootDirectory() throws IOException {
    String script =
        """
        exec perl -e 'chroot $ARGV[0] or die $!; $| = 1; print "ready\\n"; <STDIN>' "$1"
        """;
    try (HoldingProcess holder = HoldingProcess.runningScript(script, mount.root())) {
      assertHeld(holder, "perl", "root directory", mount.root());
    }
  }

  @Test
  void namesThisJvm() throws IOException {
    try (InputStream stream = Files.newInputStream(file)) {
      assertEquals('c', stream.read());
      Problem problem = refusedHolder();
      assertEquals(Optional.of(file), problem.path());
      assertTrue(
          problem.message().startsWith("Process " + ProcessHandle.current().pid() + " ("),
          problem::message);
      assertTrue(problem.remedy().contains("this very JVM"), problem::remedy);
    }
  }

  @Test
  void namesAMapping() throws IOException {
    String script =
        """
        exec python3 -c 'import ctypes, os, sys
        fd = os.open(sys.argv[1], os.O_RDONLY)
        prot_read, map_private, whole, start = 1, 2, ctypes.c_size_t(7), ctypes.c_long(0)
        ctypes.CDLL(None).mmap(None, whole, prot_read, map_private, fd, start)
        os.close(fd)
        print("ready", flush=True)
        sys.stdin.read()' "$1"
        """;
    try (HoldingProcess holder = HoldingProcess.runningScript(script, file)) {
      assertHeld(holder, "python3", "mapped file", file);
    }
  }

  @Test
  void namesAnOpenRootThatStaysOpen() throws IOException {
    try (HoldingProcess holder = HoldingProcess.runningScript("exec 7<\"$1\"", mount.root())) {
      assertHeld(holder, "sh", "open file", mount.root());
    }
  }

  /** As a JVM does that looks through all live views. */
  @Test
  void namesNobodyWhoOpensAndClosesTheRoot() throws IOException {
    String script =
        """
        exec perl -e '$| = 1; my $n = 0;
        while (1) {
          opendir(my $root, $ARGV[0]) or die $!;
          print "ready\\n" if !$n++;
          select(undef, undef, undef, 0.004);
          closedir($root);
          select(undef, undef, undef, 0.012);
          my $in = ""; vec($in, 0, 1) = 1; last if select($in, undef, undef, 0);
        }' "$1"
        """;
    try (HoldingProcess glances = HoldingProcess.runningScript(script, mount.root())) {
      for (int i = 0; i < 30; i++) {
        assertEquals(List.of(), mount.holders(), () -> "process " + glances.processId());
      }
    }
  }

  @Test
  void namesAMountInside() throws IOException {
    Path inner = sandbox.mountTmpfs("mnts/directory");
    Problem problem = refusedHolder();
    assertEquals(Optional.of(inner), problem.path());
    assertTrue(problem.message().contains("tmpfs"), problem::message);
    sandbox.unmount(inner);
  }
}
