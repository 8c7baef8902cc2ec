package dev.overlays.linux.rootless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.UnmountOptions;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.linux.mount.LiveMounts;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the contract of backends does not ask for, and a user needs. */
class RootlessViews extends RootlessBed {

  @Test
  void isChosenForAnOrdinaryUserWhoNamesNoBackend() throws IOException {
    try (OverlayMount mount = Overlays.mount(layers().build())) {
      assertEquals("rootless", mount.backend());
      assertTrue(mount.isMounted());
    }
  }

  @Test
  void keepsWhatIsMapped() throws IOException {
    sandbox.file("lower/file", "as it was in the lower");
    try (OverlayMount mount = mount(layers())) {
      try (FileChannel channel =
          FileChannel.open(
              mount.root().resolve("file"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        MappedByteBuffer mapped = channel.map(MapMode.READ_WRITE, 0, channel.size());
        assertEquals('a', mapped.get(0));
        mapped.put("AS".getBytes(UTF_8));
        mapped.force();
      }
      assertEquals("AS it was in the lower", Files.readString(mount.root().resolve("file")));
      assertEquals("AS it was in the lower", upper("file"));
      // The mapping holds the view until the memory is collected.
      mount.close(UnmountOptions.lazily());
    }
  }

  @Test
  void copiesABigFileUp() throws IOException {
    byte[] content = new byte[40 << 20];
    new Random(1).nextBytes(content);
    Files.write(sandbox.directory("lower").resolve("big"), content);
    try (OverlayMount mount = mount(layers())) {
      Files.write(mount.root().resolve("big"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    }
    byte[] upper = Files.readAllBytes(sandbox.path("upper/big"));
    assertEquals(content.length + 3, upper.length);
    assertArrayEquals(content, Arrays.copyOf(upper, content.length));
  }

  /** Quotes, which mount(8) takes for its own, and what the overlay and mountinfo escape. */
  @Test
  void takesAnyNames() throws IOException {
    for (String odd :
        List.of("a\"b", "back\\slash", "comma,ro,", "co:lon", "new\nline", " ", "'", "ü")) {
      Path place = sandbox.directory("names/" + odd + "x");
      Path lower = Files.createDirectories(place.resolve("low" + odd));
      Files.writeString(lower.resolve("file"), odd);
      OverlaySpec spec =
          OverlaySpec.builder()
              .lower(lower)
              .instance(place.resolve("in" + odd))
              .options(options -> options.withUserXattr(true))
              .build();
      try (OverlayMount mount = Overlays.mount(spec, "rootless")) {
        assertEquals(odd, Files.readString(mount.root().resolve("file")));
        Files.writeString(mount.root().resolve("new"), odd);
        assertEquals(spec.mountPoint().orElseThrow() + "\n", output(mount.command("pwd")));
      }
      assertEquals(odd, Files.readString(spec.upper().orElseThrow().resolve("new")));
    }
  }

  /** More than the 4,095 bytes that mount(2) takes, behind which it would drop layers. */
  @Test
  void takesManyLowersWithLongNames() throws IOException {
    OverlaySpec.Builder spec = OverlaySpec.builder();
    int count = 100;
    for (int i = 0; i < count; i++) {
      spec.lower(sandbox.file("x".repeat(200) + i + "/file" + i, "").getParent());
    }
    spec.instance(sandbox.path("instance")).options(options -> options.withUserXattr(true));
    try (OverlayMount mount = mount(spec)) {
      assertEquals(count, names(mount.root()).size());
      Files.delete(mount.root().resolve("file99"));
    }
    OverlaySpec alone =
        OverlaySpec.builder()
            .lowers(spec.build().lowers())
            .options(options -> options.withUserXattr(true))
            .build();
    try (OverlayMount mount = Overlays.mount(alone, "rootless")) {
      assertEquals(count, names(mount.root()).size());
    }
  }

  @Test
  void runsProgramsInTheViewAsTheUser() throws IOException {
    sandbox.file("lower/file", "lower");
    try (OverlayMount mount = mount(layers())) {
      String place = sandbox.path("mnts").toString();
      String ids = output(new ProcessBuilder("sh", "-c", "id -u; id -g"));
      assertEquals(ids + place + "\n", output(mount.command("sh", "-c", "id -u; id -g; pwd")));
      assertEquals("lower", output(mount.command("cat", place + "/file")));
      output(mount.command("sh", "-c", "echo written > " + place + "/new"));
      assertEquals("written\n", Files.readString(mount.root().resolve("new")));
      Path file = mount.root().resolve("new");
      assertEquals(System.getProperty("user.name"), Files.getOwner(file).getName());
    }
    assertEquals("written\n", upper("new"));
    assertFalse(Files.exists(sandbox.path("mnts/new")), "nobody else sees it");
  }

  @Test
  void namesAndEndsAProgramInTheView() throws IOException {
    try (OverlayMount mount = mount(layers())) {
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

  /** And it ends with this JVM, as the shell that would end it stays as long as it does. */
  @Test
  void leavesAProgramTheViewThatIsUnmountedLazily() throws IOException {
    sandbox.file("lower/file", "lower");
    OverlayMount mount = mount(layers());
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
    mount(layers()).close();
    assertEquals(0, ProcessHandle.current().children().count());
  }

  /** A real program: what it does in the view is what it does anywhere. */
  @Test
  void worksWithGit() throws IOException {
    Path lower = sandbox.directory("lower");
    String git = "git -c user.name=n -c user.email=e ";
    output(
        new ProcessBuilder(
                "sh", "-ec", "git init -q . && echo 1 >f && git add f && " + git + "commit -qm one")
            .directory(lower.toFile()));
    try (OverlayMount mount = mount(layers())) {
      output(mount.command("sh", "-ec", "echo 2 >f && " + git + "commit -qam two && git gc -q"));
      assertEquals("two\none\n", output(mount.command("git", "log", "--format=%s")));
      output(mount.command("git", "fsck", "--strict"));
    }
    String log = output(new ProcessBuilder("git", "log", "--format=%s").directory(lower.toFile()));
    assertEquals("one\n", log);
  }

  /** A container on the view: it reads the lower, and what it writes is in the upper. */
  @Test
  void worksWithAContainer() throws IOException {
    sandbox.file("lower/file", "of the lower");
    try (OverlayMount mount = mount(layers())) {
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
      assertEquals("of the lower", output(container));
      assertEquals(List.of("new"), names(mount.root()));
    }
    assertEquals("of the container\n", upper("new"));
    assertEquals("of the lower", Files.readString(sandbox.path("lower/file")));
  }

  @Test
  void isMadeReadOnlyAndWritableAgain() throws IOException {
    try (OverlayMount mount = mount(layers().attributes(MountAttribute.NOEXEC))) {
      Path file = mount.root().resolve("file");
      Files.writeString(file, "1");
      mount.remount(true);
      assertThrows(FileSystemException.class, () -> Files.writeString(file, "2"));
      mount.remount(false);
      Files.writeString(file, "3");
      String table =
          Files.readString(Path.of(mount.root().toString().split("/root/", 2)[0], "mountinfo"));
      assertTrue(table.contains("noexec"), table);
      try (OutputStream open = Files.newOutputStream(file)) {
        open.write('4');
        OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
        assertTrue(e.has(ProblemCode.MOUNT_BUSY) && e.has(ProblemCode.MOUNT_HELD), e::toString);
      }
    }
    try (OverlayMount mount = mount(layers().attributes(MountAttribute.READ_ONLY))) {
      assertThrows(
          FileSystemException.class, () -> Files.writeString(mount.root().resolve("a"), ""));
      mount.remount(false);
      Files.writeString(mount.root().resolve("a"), "");
    }
  }

  @Test
  void isSharedOnlyOnRequest() throws IOException {
    for (Propagation kind : Propagation.values()) {
      try (OverlayMount mount = mount(layers().propagation(kind))) {
        String table =
            output(mount.command("findmnt", "-no", "PROPAGATION", sandbox.path("mnts").toString()));
        boolean shared = kind == Propagation.SHARED;
        boolean unbindable = kind == Propagation.UNBINDABLE;
        assertEquals(shared, table.contains("shared"), table);
        assertEquals(unbindable, table.contains("unbindable"), table);
      }
    }
  }

  @Test
  void throwsAwayWhatIsInMemory() throws IOException {
    sandbox.file("lower/file", "lower");
    for (OverlaySpec.Builder spec : List.of(ephemeral(), withoutMountPoint(ephemeral()))) {
      try (OverlayMount mount = mount(spec.privatePath("file"))) {
        assertEquals(List.of(), names(mount.root()));
        Files.writeString(mount.root().resolve("new"), "new");
        assertEquals(List.of("new"), names(mount.root()));
        assertEquals(spec.build(), mount.spec());
      }
      assertEquals(List.of(), names(sandbox.path("mnts")));
      assertEquals("lower", Files.readString(sandbox.path("lower/file")));
    }
  }

  @Test
  void hasALimitInMemory() throws IOException {
    try (OverlayMount mount = mount(ephemeral().ephemeral(Ephemeral.inMemory(1 << 20)))) {
      byte[] much = new byte[2 << 20];
      assertThrows(IOException.class, () -> Files.write(mount.root().resolve("much"), much));
    }
  }

  @Test
  void throwsAwayWhatIsOnDisk() throws IOException {
    Path parent = sandbox.directory("parent");
    sandbox.file("lower/file", "lower");
    try (OverlayMount mount = mount(ephemeral().ephemeral(Ephemeral.in(parent)))) {
      Files.delete(mount.root().resolve("file"));
      assertEquals(1, names(parent).size());
    }
    assertEquals(List.of(), names(parent));
    OverlaySpec.Builder wrong = ephemeral().ephemeral(Ephemeral.in(sandbox.path("missing")));
    OverlayException e = assertThrows(OverlayException.class, () -> mount(wrong));
    assertTrue(e.has(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED), e::toString);
  }

  @Test
  void keepsWhatWasToBeThrownAway() throws IOException {
    sandbox.file("lower/file", "lower");
    Path parent = sandbox.directory("parent");
    for (Ephemeral place : List.of(Ephemeral.inMemory(), Ephemeral.in(parent))) {
      Path kept = sandbox.path("kept");
      try (OverlayMount mount = mount(ephemeral().ephemeral(place))) {
        Files.delete(mount.root().resolve("file"));
        Files.writeString(mount.root().resolve("new"), "new");
        OverlayException e =
            assertThrows(OverlayException.class, () -> mount.keepTo(sandbox.path("lower")));
        assertEquals(ProblemCode.NOT_KEPT, e.problems().get(0).code(), e::toString);
        mount.keepTo(kept);
        assertFalse(mount.isMounted());
      }
      assertEquals(List.of(), names(parent));
      OverlaySpec again = layers().upper(kept).work(sandbox.directory("work of kept")).build();
      try (OverlayMount mount = Overlays.mount(again, "rootless")) {
        assertEquals(List.of("new"), names(mount.root()));
      }
      try (var layer = LayerStore.of(kept).open(sandbox.root())) {
        LayerEntries.removeTree(layer, Name.of("kept"));
      }
    }
    try (OverlayMount mount = mount(layers())) {
      OverlayException e =
          assertThrows(OverlayException.class, () -> mount.keepTo(sandbox.path("kept")));
      assertTrue(e.has(ProblemCode.NOT_EPHEMERAL), e::toString);
    }
  }

  private static OverlaySpec.Builder withoutMountPoint(OverlaySpec.Builder spec) {
    return OverlaySpec.builder()
        .lowers(spec.build().lowers())
        .options(spec.build().options())
        .ephemeral();
  }

  /** Its namespace has ended, and it has no process at all. */
  @Test
  void isPrivateWithoutAProcess() throws IOException {
    sandbox.file("lower/file", "lower");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .upper(sandbox.directory("upper"))
            .work(sandbox.directory("work"))
            .options(options -> options.withUserXattr(true))
            .build();
    try (OverlayMount mount = Overlays.mount(spec, "rootless")) {
      assertEquals(0, ProcessHandle.current().children().count());
      Files.move(mount.root().resolve("file"), mount.root().resolve("renamed"));
      assertEquals("lower", output(mount.command("cat", "renamed")));
      OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
      assertTrue(e.has(ProblemCode.REMOUNT_REFUSED), e::toString);
      OverlayException merge = assertThrows(OverlayException.class, OverlayMerge.of(spec)::run);
      assertTrue(merge.has(ProblemCode.LAYER_LOCKED), merge::toString);
    }
    assertEquals("lower", upper("renamed"));
    OverlayMerge.of(spec).run();
    assertEquals(List.of("renamed"), names(sandbox.path("lower")));
  }

  @Test
  void isGoneWithItsHolder() throws IOException {
    OverlayMount mount = mount(layers());
    Files.writeString(mount.root().resolve("file"), "written");
    ProcessHandle holder = ProcessHandle.current().children().findFirst().orElseThrow();
    holder.destroyForcibly();
    holder.onExit().join();
    assertFalse(mount.isMounted());
    assertEquals(List.of(), LiveMounts.of(RootlessMount.BACKEND));
    OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
    assertTrue(e.has(ProblemCode.REMOUNT_REFUSED), e::toString);
    try (OverlayMount anew = mount(layers())) {
      assertEquals("written", Files.readString(anew.root().resolve("file")));
      mount.close();
      assertTrue(anew.isMounted());
    }
  }

  @Test
  void sharesOneProcess() throws Exception {
    sandbox.file("lower/shared", "shared");
    int count = 50;
    ExecutorService threads = Executors.newFixedThreadPool(count);
    List<OverlayMount> mounts = new ArrayList<>();
    try {
      List<Callable<OverlayMount>> tasks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        OverlaySpec.Builder spec =
            OverlaySpec.builder()
                .lower(sandbox.path("lower"))
                .instance(sandbox.path("instance" + i))
                .options(options -> options.withUserXattr(true));
        tasks.add(() -> mount(spec));
      }
      for (Future<OverlayMount> mounted : threads.invokeAll(tasks)) {
        mounts.add(mounted.get());
      }
      assertEquals(1, ProcessHandle.current().children().count());
      for (OverlayMount mount : mounts) {
        Files.writeString(mount.root().resolve("own"), mount.spec().toString());
      }
      for (OverlayMount mount : mounts) {
        assertEquals(mount.spec().toString(), Files.readString(mount.root().resolve("own")));
        assertEquals(List.of("own", "shared"), names(mount.root()));
      }
      List<Callable<Void>> closing = new ArrayList<>();
      mounts.forEach(
          mount ->
              closing.add(
                  () -> {
                    mount.close();
                    return null;
                  }));
      for (Future<Void> closed : threads.invokeAll(closing)) {
        closed.get();
      }
    } finally {
      threads.shutdown();
    }
    assertTrue(Stream.of(mounts).flatMap(List::stream).noneMatch(OverlayMount::isMounted));
  }
}
