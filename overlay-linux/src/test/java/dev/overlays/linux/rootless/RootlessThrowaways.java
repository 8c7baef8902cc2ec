package dev.overlays.linux.rootless;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Rootless views that are thrown away, and those without a mount point. */
class RootlessThrowaways extends RootlessBed {
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

  /** As on a kernel whose file system of memory keeps no attributes of users. */
  @Test
  void goesToADirectoryWhereMemoryTakesNoMarks() throws IOException {
    sandbox.file("lower/file", "lower");
    Path parent = sandbox.directory("parent");
    for (OverlaySpec.Builder spec : List.of(ephemeral(), withoutMountPoint(ephemeral()))) {
      try (OverlayMount mount =
          RootlessMounter.mountView(
              spec.build(), (asked, place, lease) -> ThrowawayUpper.onDisk(asked, lease, parent))) {
        Files.delete(mount.root().resolve("file"));
        Files.writeString(mount.root().resolve("new"), "new");
        assertEquals(1, names(parent).size());
        assertEquals(spec.build(), mount.spec());
      }
      assertEquals(List.of(), names(parent));
    }
  }

  @Test
  void keepsWhatWentToADirectory() throws IOException {
    Path parent = sandbox.directory("parent");
    OverlaySpec spec = ephemeral().build();
    try (OverlayMount mount =
        RootlessMounter.mountView(
            spec, (asked, place, lease) -> ThrowawayUpper.onDisk(asked, lease, parent))) {
      Files.writeString(mount.root().resolve("new"), "new");
      mount.keepTo(sandbox.path("kept"));
    }
    assertEquals(List.of("new"), names(sandbox.path("kept")));
    assertEquals(List.of(), names(parent));
  }

  @Test
  void tellsWhereMarksAreNotKept() throws IOException {
    // Nobody can write there, or set an attribute.
    assertFalse(DiscardedDirectory.keepsAttributes(Path.of("/proc/self/fd")));
    assertTrue(DiscardedDirectory.keepsAttributes(sandbox.root()));
    Path parent = sandbox.directory("parent");
    OverlaySpec limited = ephemeral().ephemeral(Ephemeral.inMemory(1 << 20)).build();
    OverlaySpec elsewhere = ephemeral().build();
    for (var attempt :
        List.<Executable>of(
            () ->
                RootlessMounter.mountView(
                    limited, (asked, place, lease) -> ThrowawayUpper.onDisk(asked, lease, parent)),
            () ->
                RootlessMounter.mountView(
                    elsewhere,
                    (asked, place, lease) ->
                        ThrowawayUpper.onDisk(asked, lease, sandbox.path("missing"))))) {
      OverlayException e = assertThrows(OverlayException.class, attempt);
      assertTrue(e.has(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED), e::toString);
      assertTrue(e.getMessage().contains("Linux 6.6"), e::toString);
    }
    assertEquals(List.of(), names(parent));
  }

  @Test
  void isMountedWithoutAMountPoint() throws IOException {
    sandbox.file("lower/file", "lower");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .upper(sandbox.directory("upper"))
            .work(sandbox.directory("work"))
            .options(options -> options.withUserXattr(true))
            .build();
    try (OverlayMount mount = Overlays.mount(spec, "rootless")) {
      Files.move(mount.root().resolve("file"), mount.root().resolve("renamed"));
      assertEquals("lower", output(mount.command("cat", "renamed")));
      mount.remount(true);
      assertThrows(IOException.class, () -> Files.createFile(mount.root().resolve("new")));
      mount.remount(false);
      OverlayException merge = assertThrows(OverlayException.class, OverlayMerge.of(spec)::run);
      assertTrue(merge.has(ProblemCode.LAYER_LOCKED), merge::toString);
    }
    assertEquals("lower", upper("renamed"));
    OverlayMerge.of(spec).run();
    assertEquals(List.of("renamed"), names(sandbox.path("lower")));
  }
}
