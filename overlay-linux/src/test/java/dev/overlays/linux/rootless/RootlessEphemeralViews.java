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

/** Ephemeral rootless views, and rootless views without a mount point. */
class RootlessEphemeralViews extends RootlessTestBase {
  @Test
  void throwsAwayWhatIsInMemory() throws IOException {
    sandbox.createFile("lower/file", "lower");
    for (OverlaySpec.Builder spec : List.of(ephemeralSpec(), withoutMountPoint(ephemeralSpec()))) {
      try (OverlayMount mount = mountByName(spec.privatePath("file"))) {
        assertEquals(List.of(), listNames(mount.root()));
        Files.writeString(mount.root().resolve("new"), "new");
        assertEquals(List.of("new"), listNames(mount.root()));
        assertEquals(spec.build(), mount.spec());
      }
      assertEquals(List.of(), listNames(sandbox.path("mnts")));
      assertEquals("lower", Files.readString(sandbox.path("lower/file")));
    }
  }

  @Test
  void hasALimitInMemory() throws IOException {
    try (OverlayMount mount = mountByName(ephemeralSpec().ephemeral(Ephemeral.inMemory(1 << 20)))) {
      byte[] much = new byte[2 << 20];
      assertThrows(IOException.class, () -> Files.write(mount.root().resolve("much"), much));
    }
  }

  @Test
  void throwsAwayWhatIsOnDisk() throws IOException {
    Path parent = sandbox.createDirectory("parent");
    sandbox.createFile("lower/file", "lower");
    try (OverlayMount mount = mountByName(ephemeralSpec().ephemeral(Ephemeral.in(parent)))) {
      Files.delete(mount.root().resolve("file"));
      assertEquals(1, listNames(parent).size());
    }
    assertEquals(List.of(), listNames(parent));
    OverlaySpec.Builder wrong = ephemeralSpec().ephemeral(Ephemeral.in(sandbox.path("missing")));
    OverlayException e = assertThrows(OverlayException.class, () -> mountByName(wrong));
    assertTrue(e.has(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED), e::toString);
  }

  @Test
  void keepsWhatWasToBeThrownAway() throws IOException {
    sandbox.createFile("lower/file", "lower");
    Path parent = sandbox.createDirectory("parent");
    for (Ephemeral place : List.of(Ephemeral.inMemory(), Ephemeral.in(parent))) {
      Path kept = sandbox.path("kept");
      try (OverlayMount mount = mountByName(ephemeralSpec().ephemeral(place))) {
        Files.delete(mount.root().resolve("file"));
        Files.writeString(mount.root().resolve("new"), "new");
        OverlayException e =
            assertThrows(OverlayException.class, () -> mount.keepTo(sandbox.path("lower")));
        assertEquals(ProblemCode.NOT_KEPT, e.problems().get(0).code(), e::toString);
        mount.keepTo(kept);
        assertFalse(mount.isMounted());
      }
      assertEquals(List.of(), listNames(parent));
      OverlaySpec again =
          newLayers().upper(kept).work(sandbox.createDirectory("work of kept")).build();
      try (OverlayMount mount = Overlays.mount(again, "rootless")) {
        assertEquals(List.of("new"), listNames(mount.root()));
      }
      try (var layer = LayerStore.of(kept).open(sandbox.root())) {
        LayerEntries.removeTree(layer, Name.of("kept"));
      }
    }
    try (OverlayMount mount = mountByName(newLayers())) {
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

  /** Puts the upper on disk, as on kernels whose tmpfs keeps no {@code user.*} attributes. */
  @Test
  void goesToADirectoryWhereMemoryTakesNoMarks() throws IOException {
    sandbox.createFile("lower/file", "lower");
    Path parent = sandbox.createDirectory("parent");
    for (OverlaySpec.Builder spec : List.of(ephemeralSpec(), withoutMountPoint(ephemeralSpec()))) {
      try (OverlayMount mount =
          RootlessMounter.mountView(
              spec.build(),
              (asked, place, lease) -> RootlessEphemeralUpper.onDisk(asked, lease, parent))) {
        Files.delete(mount.root().resolve("file"));
        Files.writeString(mount.root().resolve("new"), "new");
        assertEquals(1, listNames(parent).size());
        assertEquals(spec.build(), mount.spec());
      }
      assertEquals(List.of(), listNames(parent));
    }
  }

  @Test
  void keepsWhatWentToADirectory() throws IOException {
    Path parent = sandbox.createDirectory("parent");
    OverlaySpec spec = ephemeralSpec().build();
    try (OverlayMount mount =
        RootlessMounter.mountView(
            spec, (asked, place, lease) -> RootlessEphemeralUpper.onDisk(asked, lease, parent))) {
      Files.writeString(mount.root().resolve("new"), "new");
      mount.keepTo(sandbox.path("kept"));
    }
    assertEquals(List.of("new"), listNames(sandbox.path("kept")));
    assertEquals(List.of(), listNames(parent));
  }

  @Test
  void refusesADirectoryThatKeepsNoMarks() throws IOException {
    // Nobody can write there, or set an attribute.
    assertFalse(DiscardedDirectory.keepsAttributes(Path.of("/proc/self/fd")));
    assertTrue(DiscardedDirectory.keepsAttributes(sandbox.root()));
    Path parent = sandbox.createDirectory("parent");
    OverlaySpec limited = ephemeralSpec().ephemeral(Ephemeral.inMemory(1 << 20)).build();
    OverlaySpec elsewhere = ephemeralSpec().build();
    for (var attempt :
        List.<Executable>of(
            () ->
                RootlessMounter.mountView(
                    limited,
                    (asked, place, lease) -> RootlessEphemeralUpper.onDisk(asked, lease, parent)),
            () ->
                RootlessMounter.mountView(
                    elsewhere,
                    (asked, place, lease) ->
                        RootlessEphemeralUpper.onDisk(asked, lease, sandbox.path("missing"))))) {
      OverlayException e = assertThrows(OverlayException.class, attempt);
      assertTrue(e.has(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED), e::toString);
      assertTrue(e.getMessage().contains("Linux 6.6"), e::toString);
    }
    assertEquals(List.of(), listNames(parent));
  }

  @Test
  void isMountedWithoutAMountPoint() throws IOException {
    sandbox.createFile("lower/file", "lower");
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .upper(sandbox.createDirectory("upper"))
            .work(sandbox.createDirectory("work"))
            .options(options -> options.withUserXattr(true))
            .build();
    try (OverlayMount mount = Overlays.mount(spec, "rootless")) {
      Files.move(mount.root().resolve("file"), mount.root().resolve("renamed"));
      assertEquals("lower", runForOutput(mount.command("cat", "renamed")));
      mount.remount(true);
      assertThrows(IOException.class, () -> Files.createFile(mount.root().resolve("new")));
      mount.remount(false);
      OverlayException merge = assertThrows(OverlayException.class, OverlayMerge.of(spec)::run);
      assertTrue(merge.has(ProblemCode.LAYER_LOCKED), merge::toString);
    }
    assertEquals("lower", upperPath("renamed"));
    OverlayMerge.of(spec).run();
    assertEquals(List.of("renamed"), listNames(sandbox.path("lower")));
  }
}
