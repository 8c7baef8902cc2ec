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
import dev.overlays.linux.Holder;
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

/** Views whose upper is thrown away, and what the machine shows of them. */
class EphemeralTest {
  private Sandbox sandbox;

  @BeforeEach
  void open() throws IOException {
    sandbox = Sandbox.asRoot();
    sandbox.file("lower/file", "content");
    sandbox.file("lower/gone", "content");
    sandbox.directory("mnts");
    sandbox.directory("place");
  }

  @AfterEach
  void close() throws IOException {
    if (sandbox != null) {
      sandbox.close();
    }
  }

  private OverlaySpec.Builder spec(Ephemeral place) {
    return OverlaySpec.builder().lower(sandbox.path("lower")).ephemeral(place);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /** Whoever finds it learns that it has no upper that could be merged or mounted again. */
  @Test
  void isFoundAsWhatItIs() throws IOException {
    Path mnts = sandbox.path("mnts");
    OverlaySpec inMemory = spec(Ephemeral.inMemory()).mountPoint(mnts).build();
    OverlaySpec inDirectory = spec(Ephemeral.in(sandbox.path("place"))).mountPoint(mnts).build();
    for (OverlaySpec spec : List.of(inMemory, inDirectory)) {
      try (OverlayMount mount = Overlays.mount(spec)) {
        assertEquals(List.of(mount), sandbox.mounted());
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
      assertEquals(List.of(), names(sandbox.path("place")));
    }
  }

  /** The kernel's directory in the work directory is one that nobody may look into. */
  @Test
  void nothingIsLeftOfADirectory() throws IOException {
    try (OverlayMount mount = Overlays.mount(spec(Ephemeral.in(sandbox.path("place"))).build())) {
      Files.writeString(mount.root().resolve("new"), "new");
      assertEquals(1, names(sandbox.path("place")).size());
      Path made = sandbox.path("place").resolve(names(sandbox.path("place")).get(0));
      String permissions = Sandbox.run("stat", "-c", "%a", made.toString());
      assertEquals("700", permissions.strip());
    }
    assertEquals(List.of(), names(sandbox.path("place")));
  }

  @Test
  void aFailedMountLeavesNothing() throws IOException {
    sandbox.file("mnts/busy", "");
    OverlaySpec spec =
        spec(Ephemeral.in(sandbox.path("place"))).mountPoint(sandbox.path("mnts")).build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(ProblemCode.MOUNT_POINT_NOT_EMPTY, e.problems().get(0).code());
    assertEquals(List.of(), names(sandbox.path("place")));
  }

  @Test
  void theLowerIsNotMergedMeanwhile() throws IOException {
    OverlaySpec instance =
        OverlaySpec.builder()
            .lower(sandbox.path("lower"))
            .upper(sandbox.directory("upper"))
            .work(sandbox.directory("work"))
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
  void isKeptByCopyAndByMove() throws IOException {
    for (Ephemeral place : List.of(Ephemeral.inMemory(), Ephemeral.in(sandbox.path("place")))) {
      Path kept = sandbox.path("kept" + place.getClass().getSimpleName());
      OverlayMount mount = Overlays.mount(spec(place).build());
      Files.writeString(mount.root().resolve("file"), "changed");
      Files.delete(mount.root().resolve("gone"));
      mount.keepTo(kept);
      assertFalse(mount.isMounted());
      assertEquals(List.of("file", "gone"), names(kept));
      assertEquals("", Sandbox.run("sh", "-c", "getfattr -dhRm overlay.origin " + kept));
      mount.close();
      OverlaySpec again =
          OverlaySpec.builder()
              .lower(sandbox.path("lower"))
              .upper(kept)
              .work(sandbox.directory("work" + kept.getFileName()))
              .build();
      try (OverlayMount view = Overlays.mount(again)) {
        assertEquals(List.of("file"), names(view.root()));
        assertEquals("changed", Files.readString(view.root().resolve("file")));
      }
    }
    assertEquals(List.of(), names(sandbox.path("place")));
  }

  @Test
  void isNotKeptWhileItIsUsed() throws IOException {
    OverlayMount mount = Overlays.mount(spec(Ephemeral.inMemory()).build());
    try (Holder holder = Holder.running("cd \"$1\"", mount.root())) {
      OverlayException e =
          assertThrows(OverlayException.class, () -> mount.keepTo(sandbox.path("kept")));
      assertEquals(ProblemCode.MOUNT_BUSY, e.problems().get(0).code());
      assertTrue(holder.pid() > 0);
      assertTrue(mount.isMounted());
      assertFalse(Files.exists(sandbox.path("kept")));
    }
    mount.close();
  }

  /** An index knows files by handles that mean nothing elsewhere, and is not in the upper. */
  @Test
  void anIndexIsNotKept() throws IOException {
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
    OverlaySpec spec = spec(Ephemeral.in(sandbox.directory("lower/inner"))).build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(ProblemCode.LAYER_NESTED, e.problems().get(0).code(), e::toString);
    assertEquals(List.of(), names(sandbox.path("lower/inner")));
  }

  @Test
  void aMissingPlaceIsRefused() {
    OverlaySpec spec = spec(Ephemeral.in(sandbox.path("missing"))).build();
    OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
    assertEquals(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED, e.problems().get(0).code());
    assertEquals(ProblemCode.EPHEMERAL_UPPER_NOT_CREATED, Overlays.check(spec).get(0).code());
  }
}
