package dev.overlays.linux.rootless;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.Propagation;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.mount.UnlistedMounts;
import dev.overlays.merge.OverlayMerge;
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

/** What users need of rootless views beyond the contract of backends. */
class RootlessViews extends RootlessTestBase {
  @Test
  void isChosenForAnOrdinaryUserWhoNamesNoBackend() throws IOException {
    try (OverlayMount mount = Overlays.mount(newLayers().build())) {
      assertEquals("rootless", mount.backend());
      assertTrue(mount.isMounted());
    }
  }

  @Test
  void keepsWhatIsMapped() throws IOException {
    sandbox.createFile("lower/file", "as it was in the lower");
    try (OverlayMount mount = mountByName(newLayers())) {
      try (FileChannel channel =
          FileChannel.open(
              mount.root().resolve("file"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        MappedByteBuffer mapped = channel.map(MapMode.READ_WRITE, 0, channel.size());
        assertEquals('a', mapped.get(0));
        mapped.put("AS".getBytes(UTF_8));
        mapped.force();
      }
      assertEquals("AS it was in the lower", Files.readString(mount.root().resolve("file")));
      assertEquals("AS it was in the lower", upperPath("file"));
      // The mapping holds the view until the memory is collected.
      mount.close(UnmountOptions.lazily());
    }
  }

  @Test
  void closeNamesWhoHasAFileMapped() throws IOException {
    sandbox.createFile("lower/file", "as it was in the lower");
    OverlaySpec.Builder alone =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .options(options -> options.withUserXattr(true))
            .ephemeral();
    for (OverlaySpec.Builder spec : List.of(newLayers(), alone)) {
      OverlayMount mount = mountByName(spec);
      Path file = mount.root().resolve("file");
      MappedByteBuffer mapped;
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        mapped = channel.map(MapMode.READ_ONLY, 0, channel.size());
      }
      OverlayException e = assertThrows(OverlayException.class, mount::close);
      assertTrue(e.getMessage().contains("mapped file " + file), e::getMessage);
      assertEquals('a', mapped.get(0));
      mount.close(UnmountOptions.lazily());
    }
  }

  @Test
  void copiesABigFileUp() throws IOException {
    byte[] content = new byte[40 << 20];
    new Random(1).nextBytes(content);
    Files.write(sandbox.createDirectory("lower").resolve("big"), content);
    try (OverlayMount mount = mountByName(newLayers())) {
      Files.write(mount.root().resolve("big"), new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
    }
    byte[] upper = Files.readAllBytes(sandbox.path("upper/big"));
    assertEquals(content.length + 3, upper.length);
    assertArrayEquals(content, Arrays.copyOf(upper, content.length));
  }

  /**
   * Names with quotes, which mount(8) interprets, and with characters that the overlay and
   * mountinfo escape.
   */
  @Test
  void takesAnyNames() throws IOException {
    for (String odd :
        List.of("a\"b", "back\\slash", "comma,ro,", "co:lon", "new\nline", " ", "'", "ü")) {
      Path place = sandbox.createDirectory("names/" + odd + "x");
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
        assertEquals(spec.mountPoint().orElseThrow() + "\n", runForOutput(mount.command("pwd")));
      }
      assertEquals(odd, Files.readString(spec.upper().orElseThrow().resolve("new")));
    }
  }

  /** Names of more than the 4,095 bytes that mount(2) reads before it drops layers. */
  @Test
  void takesManyLowersWithLongNames() throws IOException {
    OverlaySpec.Builder spec = OverlaySpec.builder();
    int count = 100;
    for (int i = 0; i < count; i++) {
      spec.lower(sandbox.createFile("x".repeat(200) + i + "/file" + i, "").getParent());
    }
    spec.instance(sandbox.path("instance")).options(options -> options.withUserXattr(true));
    try (OverlayMount mount = mountByName(spec)) {
      assertEquals(count, listNames(mount.root()).size());
      Files.delete(mount.root().resolve("file99"));
    }
    OverlaySpec alone =
        OverlaySpec.builder()
            .lowers(spec.build().lowers())
            .options(options -> options.withUserXattr(true))
            .build();
    try (OverlayMount mount = Overlays.mount(alone, "rootless")) {
      assertEquals(count, listNames(mount.root()).size());
    }
  }

  /** The kernel shows the layers of both as paths of links that this library has removed. */
  @Test
  void otherLayersMergeMeanwhile() throws IOException {
    OverlaySpec.Builder odd =
        newLayers()
            .lower(sandbox.createDirectory("odd,name"))
            .mountPoint(sandbox.createDirectory("odd"));
    OverlaySpec other =
        OverlaySpec.builder()
            .lower(sandbox.createDirectory("other"))
            .upper(sandbox.createDirectory("mine/upper"))
            .work(sandbox.createDirectory("mine/work"))
            .options(o -> o.withUserXattr(true))
            .build();
    sandbox.createFile("mine/upper/file", "written");
    try (OverlayMount first = mountByName(odd);
        OverlayMount second = mountByName(ephemeralSpec())) {
      OverlayMerge.of(other).run();
      assertEquals("written", Files.readString(sandbox.path("other/file")));
      for (OverlayMount mount : List.of(first, second)) {
        OverlaySpec own = other.toBuilder().lowers(mount.spec().lowers()).build();
        OverlayException e = assertThrows(OverlayException.class, OverlayMerge.of(own)::run);
        assertTrue(e.has(ProblemCode.LAYER_LOCKED), e::getMessage);
      }
    }
  }

  @Test
  void isMadeReadOnlyAndWritableAgain() throws IOException {
    try (OverlayMount mount = mountByName(newLayers().attributes(MountAttribute.NOEXEC))) {
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
    try (OverlayMount mount = mountByName(newLayers().attributes(MountAttribute.READ_ONLY))) {
      assertThrows(
          FileSystemException.class, () -> Files.writeString(mount.root().resolve("a"), ""));
      mount.remount(false);
      Files.writeString(mount.root().resolve("a"), "");
    }
  }

  @Test
  void isSharedOnlyOnRequest() throws IOException {
    for (Propagation kind : Propagation.values()) {
      try (OverlayMount mount = mountByName(newLayers().propagation(kind))) {
        String table =
            runForOutput(
                mount.command("findmnt", "-no", "PROPAGATION", sandbox.path("mnts").toString()));
        boolean shared = kind == Propagation.SHARED;
        boolean unbindable = kind == Propagation.UNBINDABLE;
        assertEquals(shared, table.contains("shared"), table);
        assertEquals(unbindable, table.contains("unbindable"), table);
      }
    }
  }

  @Test
  void isGoneWithItsHolder() throws IOException {
    OverlayMount mount = mountByName(newLayers());
    Files.writeString(mount.root().resolve("file"), "written");
    ProcessHandle holder = ProcessHandle.current().children().findFirst().orElseThrow();
    holder.destroyForcibly();
    holder.onExit().join();
    assertFalse(mount.isMounted());
    assertEquals(List.of(), UnlistedMounts.of(RootlessMount.BACKEND));
    OverlayException e = assertThrows(OverlayException.class, () -> mount.remount(true));
    assertTrue(e.has(ProblemCode.REMOUNT_REFUSED), e::toString);
    try (OverlayMount anew = mountByName(newLayers())) {
      assertEquals("written", Files.readString(anew.root().resolve("file")));
      mount.close();
      assertTrue(anew.isMounted());
    }
  }

  @Test
  void sharesOneProcess() throws Exception {
    sandbox.createFile("lower/shared", "shared");
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
        tasks.add(() -> mountByName(spec));
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
        assertEquals(List.of("own", "shared"), listNames(mount.root()));
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
