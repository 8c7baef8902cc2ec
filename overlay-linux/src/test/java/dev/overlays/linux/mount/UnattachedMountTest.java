package dev.overlays.linux.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A view that is attached nowhere: where its paths lead, who uses it, and what is left of it. */
class UnattachedMountTest {
  private Sandbox sandbox;
  private OverlaySpec spec;
  private OverlayMount mount;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    KernelAbility.DETACHED_TREES.assumePresent();
    sandbox.createFile("lower/directory/file", "content");
    spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .upper(sandbox.createDirectory("upper"))
            .work(sandbox.createDirectory("work"))
            .unattached()
            .build();
    mount = Overlays.mount(spec);
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

  private void assertHeld(long pid, String use, Path path) {
    OverlayException e = assertThrows(OverlayException.class, mount::close);
    assertEquals(
        List.of(ProblemCode.MOUNT_BUSY, ProblemCode.MOUNT_HELD),
        e.problems().stream().map(Problem::code).toList(),
        e::toString);
    Problem held = e.problems().get(1);
    assertEquals(Optional.of(path), held.path());
    assertTrue(held.message().startsWith("Process " + pid + " ("), held::message);
    assertTrue(held.message().contains(use + " " + path), held::message);
    assertTrue(mount.isMounted());
  }

  @Test
  void isInNoMountTable() throws IOException {
    assertFalse(Files.readString(Path.of("/proc/self/mountinfo")).contains(sandbox.root() + "/"));
    assertEquals(List.of(mount), sandbox.mountedViews());
  }

  @Test
  void rootEndsInADirectoryThatCanBeWalked() throws IOException {
    try (Stream<Path> all = Files.walk(mount.root().normalize())) {
      assertEquals(3, all.count());
    }
    assertTrue(Files.isDirectory(mount.root(), LinkOption.NOFOLLOW_LINKS));
  }

  /** Calls that need a canonical path fail, and create nothing on the machine. */
  @Test
  void canonicalPathsLeadNowhere() throws IOException {
    Path file = mount.root().resolve("directory/file");
    assertEquals("content", Files.readString(file));
    assertThrows(IOException.class, file::toRealPath);
    assertThrows(IOException.class, () -> Files.getFileStore(file));
    File made = mount.root().resolve("new/inner").toFile();
    assertFalse(made.mkdirs());
    File canonical = made.getCanonicalFile();
    assertTrue(canonical.toPath().startsWith("/dev/null"), canonical::toString);
    assertThrows(IOException.class, () -> Files.createDirectories(canonical.toPath()));
    assertThrows(
        IOException.class, () -> Files.writeString(file.toFile().getCanonicalFile().toPath(), ""));
  }

  @Test
  void becomesReadOnlyAndWritableAgain() throws IOException {
    Path file = mount.root().resolve("new");
    mount.remount(true);
    assertThrows(IOException.class, () -> Files.writeString(file, ""));
    mount.remount(false);
    Files.writeString(file, "");
    try (Closeable writer = Files.newOutputStream(file)) {
      assertTrue(writer != null);
      OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
      assertEquals(ProblemCode.MOUNT_BUSY, e.problems().get(0).code(), e::toString);
    }
  }

  @Test
  void namesAnOpenFileOfThisJvm() throws IOException {
    Path file = mount.root().resolve("directory/file");
    try (Closeable stream = Files.newInputStream(file)) {
      assertTrue(stream != null);
      assertHeld(ProcessHandle.current().pid(), "open file", file);
    }
  }

  @Test
  void namesAWorkingDirectoryOfAnother() throws IOException {
    Path directory = mount.root().resolve("directory");
    try (HoldingProcess holder = HoldingProcess.runningScript("cd \"$1\"", directory)) {
      assertHeld(holder.processId(), "working directory", directory);
    }
  }

  @Test
  void namesTheRootAsAWorkingDirectory() throws IOException {
    try (HoldingProcess holder = HoldingProcess.runningScript("cd \"$1\"", mount.root())) {
      assertHeld(holder.processId(), "working directory", mount.root());
    }
  }

  /** The file is mapped but no longer open, and /proc lists it under a path that leads nowhere. */
  @Test
  void namesAMapping() throws IOException {
    Path file = mount.root().resolve("directory/file");
    String script =
        """
        exec python3 -c 'import mmap, os, sys
        fd = os.open(sys.argv[1], os.O_RDONLY)
        mapped = mmap.mmap(fd, 7, prot=mmap.PROT_READ)
        os.close(fd)
        os.close(os.dup(0))
        for name in os.listdir("/proc/self/fd"):
            if int(name) > 2:
                try:
                    os.close(int(name))
                except OSError:
                    pass
        print("ready", flush=True)
        sys.stdin.read()' "$1"
        """;
    try (HoldingProcess holder = HoldingProcess.runningScript(script, file)) {
      assertHeld(holder.processId(), "mapped file", file);
    }
  }

  @Test
  void namesAMappingOfThisJvm() throws IOException {
    Path file = mount.root().resolve("directory/file");
    try (FileChannel channel = FileChannel.open(file)) {
      channel.map(FileChannel.MapMode.READ_ONLY, 0, 7);
    }
    assertHeld(ProcessHandle.current().pid(), "mapped file", file);
    mount.close(UnmountOptions.lazily());
  }

  @Test
  void isReadOnlyOnRequest() throws IOException {
    mount.close();
    mount = Overlays.mount(spec.toBuilder().attributes(MountAttribute.READ_ONLY).build());
    assertThrows(IOException.class, () -> Files.writeString(mount.root().resolve("new"), ""));
  }

  /** The root path of a closed view must not lead to another file. */
  @Test
  void rootOfAClosedViewLeadsNowhere() throws IOException {
    Path root = mount.root();
    mount.close();
    try (OverlayMount next = Overlays.mount(spec)) {
      assertFalse(Files.exists(root), root::toString);
      assertFalse(next.root().equals(root));
      try (Closeable stream = Files.newInputStream(sandbox.path("lower/directory/file"))) {
        assertTrue(stream != null);
        assertFalse(Files.exists(root), root::toString);
      }
    }
  }

  @Test
  void theIndexIsKnownToBeInForce() throws IOException {
    mount.close();
    Path plain = sandbox.mountAt("ramfs", "-t", "ramfs", "ramfs");
    Files.createDirectory(plain.resolve("lower"));
    OverlaySpec indexed =
        spec.toBuilder()
            .lowers(List.of(plain.resolve("lower")))
            .options(o -> o.withIndex(true))
            .build();
    OverlayException e =
        assertThrows(OverlayException.class, () -> Overlays.mount(indexed, "kernel"));
    assertEquals(ProblemCode.OPTION_NOT_IN_FORCE, e.problems().get(0).code(), e::toString);
    Overlays.mount(spec.toBuilder().options(o -> o.withIndex(true)).build()).close();
  }
}
