package dev.overlays.linux.mount;

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
import dev.overlays.linux.HoldingProcess;
import dev.overlays.linux.Sandbox;
import dev.overlays.linux.table.MountTable;
import dev.overlays.linux.table.SpecDecoder;
import dev.overlays.merge.OverlayMerge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ephemeral views, and what the mount table shows of them. */
class EphemeralTest {
  private Sandbox sandbox;

  @BeforeEach
  void openSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.createFile("lower/file", "content");
    sandbox.createFile("lower/gone", "content");
    sandbox.createDirectory("mnts");
    sandbox.createDirectory("place");
  }

  @AfterEach
  void closeSandbox() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private OverlaySpec.Builder spec(Ephemeral place) {
    return OverlaySpec.builder().lower(sandbox.path("lower")).ephemeral(place);
  }

  private static List<String> listNames(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** A found view says that it is ephemeral, so nobody merges or remounts its upper. */
  @Test
  void findTellsThatAViewIsEphemeral() throws IOException {
    Path mnts = sandbox.path("mnts");
    OverlaySpec inMemory = spec(Ephemeral.inMemory()).mountPoint(mnts).build();
    OverlaySpec inDirectory = spec(Ephemeral.in(sandbox.path("place"))).mountPoint(mnts).build();
    for (OverlaySpec spec : List.of(inMemory, inDirectory)) {
      try (OverlayMount mount = Overlays.mount(spec)) {
        assertEquals(List.of(mount), sandbox.mountedViews());
        OverlaySpec found =
            MountTable.ofThisProcess().stream()
                .filter(r -> r.mountPoint().equals(mnts))
                .flatMap(r -> SpecDecoder.decodeSpec(r).stream())
                .findFirst()
                .orElseThrow();
        assertEquals(spec.ephemeral(), found.ephemeral());
        assertEquals(spec.upper(), found.upper());
        assertTrue(Files.isWritable(mount.root()));
      }
      assertEquals(List.of(), listNames(sandbox.path("place")));
    }
  }

  /** The kernel's directory in the work directory has mode 000. */
  @Test
  void directoryIsRemovedOnClose() throws IOException {
    try (OverlayMount mount = Overlays.mount(spec(Ephemeral.in(sandbox.path("place"))).build())) {
      Files.writeString(mount.root().resolve("new"), "new");
      assertEquals(1, listNames(sandbox.path("place")).size());
      Path made = sandbox.path("place").resolve(listNames(sandbox.path("place")).get(0));
      String permissions = Sandbox.run("stat", "-c", "%a", made.toString());
      assertEquals("700", permissions.strip());
    }
    assertEquals(List.of(), listNames(sandbox.path("place")));
  }

  @Test
  void aFailedMountLeavesNothing() throws IOException {
    sandbox.createFile("mnts/busy", "");
    OverlaySpec spec =
        spec(Ephemeral.in(sandbox.path("place"))).mountPoint(sandbox.path("mnts")).build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(ProblemCode.MOUNT_POINT_NOT_EMPTY, e.problems().get(0).code());
    assertEquals(List.of(), listNames(sandbox.path("place")));
  }

  @Test
  void mergeRefusesTheLowerOfALiveView() throws IOException {
    OverlaySpec instance =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .upper(sandbox.createDirectory("upper"))
            .work(sandbox.createDirectory("work"))
            .build();
    OverlayMerge merge = OverlayMerge.of(instance);
    try (OverlayMount mount = Overlays.mount(spec(Ephemeral.inMemory()).build())) {
      assertTrue(mount.isMounted());
      OverlayException e = assertThrows(OverlayException.class, merge::run);
      assertEquals(ProblemCode.LAYER_IN_USE, e.problems().get(0).code(), e::toString);
    }
    merge.run();
  }

  @Test
  void keepToCopiesOrMovesTheUpper() throws IOException {
    for (Ephemeral place : List.of(Ephemeral.inMemory(), Ephemeral.in(sandbox.path("place")))) {
      Path kept = sandbox.path("kept" + place.getClass().getSimpleName());
      OverlayMount mount = Overlays.mount(spec(place).build());
      Files.writeString(mount.root().resolve("file"), "changed");
      Files.delete(mount.root().resolve("gone"));
      mount.keepTo(kept);
      assertFalse(mount.isMounted());
      assertEquals(List.of("file", "gone"), listNames(kept));
      assertEquals("", Sandbox.run("sh", "-c", "getfattr -dhRm overlay.origin " + kept));
      mount.close();
      OverlaySpec again =
          OverlaySpec.builder()
              .lower(sandbox.path("lower"))
              .upper(kept)
              .work(sandbox.createDirectory("work" + kept.getFileName()))
              .build();
      try (OverlayMount view = Overlays.mount(again)) {
        assertEquals(List.of("file"), listNames(view.root()));
        assertEquals("changed", Files.readString(view.root().resolve("file")));
      }
    }
    assertEquals(List.of(), listNames(sandbox.path("place")));
  }

  @Test
  void keepToRefusesABusyView() throws IOException {
    OverlayMount mount = Overlays.mount(spec(Ephemeral.inMemory()).build());
    try (HoldingProcess holder = HoldingProcess.runningScript("cd \"$1\"", mount.root())) {
      OverlayException e =
          assertThrows(OverlayException.class, () -> mount.keepTo(sandbox.path("kept")));
      assertEquals(ProblemCode.MOUNT_BUSY, e.problems().get(0).code());
      assertTrue(holder.processId() > 0);
      assertTrue(mount.isMounted());
      assertFalse(Files.exists(sandbox.path("kept")));
    }
    mount.close();
  }

  /** An index knows files by handles that mean nothing elsewhere, and is not in the upper. */
  @Test
  void keepToRefusesAnIndexedView() throws IOException {
    OverlaySpec spec = spec(Ephemeral.inMemory()).options(o -> o.withIndex(true)).build();
    try (OverlayMount mount = Overlays.mount(spec)) {
      OverlayException e =
          assertThrows(OverlayException.class, () -> mount.keepTo(sandbox.path("kept")));
      assertEquals(ProblemCode.NOT_KEPT, e.problems().get(0).code());
      assertTrue(mount.isMounted());
    }
  }

  @Test
  void aPlaceInsideALowerIsRefused() throws IOException {
    OverlaySpec spec = spec(Ephemeral.in(sandbox.createDirectory("lower/inner"))).build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(ProblemCode.LAYER_NESTED, e.problems().get(0).code(), e::toString);
    assertEquals(List.of(), listNames(sandbox.path("lower/inner")));
  }

  @Test
  void aMissingPlaceIsRefused() {
    OverlaySpec spec = spec(Ephemeral.in(sandbox.path("missing"))).build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED, e.problems().get(0).code());
    assertEquals(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED, Overlays.check(spec).get(0).code());
  }
}
