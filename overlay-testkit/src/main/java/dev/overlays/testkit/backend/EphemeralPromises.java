package dev.overlays.testkit.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.Ephemeral;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Promises about views whose upper is discarded at the end, unless it is kept. */
abstract class EphemeralPromises extends ContractPromises {
  private static final int LIMIT = 1 << 20;

  EphemeralPromises(Supplier<ContractSandbox> sandboxes) {
    super(sandboxes);
  }

  /** Returns both places for an upper. */
  private List<Ephemeral> places() throws IOException {
    return List.of(Ephemeral.inMemory(), Ephemeral.in(sandbox().directory("place")));
  }

  /** Returns the places that the backend supports. */
  private List<Ephemeral> usable() throws IOException {
    return places().stream().filter(place -> sandbox().has(capability(place))).toList();
  }

  private static Capability capability(Ephemeral place) {
    return place instanceof Ephemeral.Memory
        ? Capability.EPHEMERAL_IN_MEMORY
        : Capability.EPHEMERAL;
  }

  private OverlaySpec spec(Ephemeral place) throws IOException {
    return sandbox().lowerOnly().ephemeral(place).build();
  }

  private void fillLower() throws IOException {
    sandbox().file("lower/file", "lower");
    sandbox().file("lower/gone", "lower");
    sandbox().file("lower/directory/gone", "lower");
    sandbox().file("lower/directory/kept", "lower");
  }

  private static void change(Path root) throws IOException {
    Files.writeString(root.resolve("file"), "changed");
    Files.delete(root.resolve("gone"));
    Files.delete(root.resolve("directory/gone"));
    Files.createDirectory(root.resolve("new"));
    Files.writeString(root.resolve("new/file"), "new");
  }

  @Test
  @DisplayName(
      "13.1 a view of one lower can be written, and nothing is left of it; or it is refused")
  void leavesNothing() throws IOException {
    fillLower();
    for (Ephemeral place : places()) {
      OverlaySpec spec = spec(place);
      if (!sandbox().has(capability(place))) {
        new RefusalCheck(sandbox())
            .assertRefusedOrDeclined(
                spec, ProblemCode.OPTION_UNSUPPORTED, ProblemCode.EPHEMERAL_UPPER_NOT_CREATED);
        continue;
      }
      List<String> before = sandbox().atRest(Optional.empty());
      for (int i = 0; i < 2; i++) {
        try (OverlayMount mount = sandbox().mount(spec)) {
          assertEquals(spec, mount.spec());
          assertEquals("lower", Files.readString(mount.root().resolve("file")));
          change(mount.root());
          assertEquals("changed", Files.readString(mount.root().resolve("file")));
          assertEquals(List.of("directory", "file", "new"), ShownTree.names(mount.root()));
          sandbox().assertListed(mount);
        }
        assertEquals(List.of(), sandbox().mountedHere());
        if (place instanceof Ephemeral.Directory directory) {
          assertEquals(List.of(), ShownTree.names(directory.parent()));
        }
      }
      assertEquals(before.size(), sandbox().atRest(Optional.empty()).size());
    }
  }

  @Test
  @DisplayName("13.2 more than the limit is not written")
  void hasALimit() throws IOException {
    sandbox().needs(Capability.EPHEMERAL_IN_MEMORY);
    sandbox().file("lower/file", "lower");
    try (OverlayMount mount = sandbox().mount(spec(Ephemeral.inMemory(LIMIT)))) {
      Files.write(mount.root().resolve("small"), new byte[LIMIT / 4]);
      assertThrows(IOException.class, () -> write(mount.root().resolve("big"), 2 * LIMIT));
      assertEquals("lower", Files.readString(mount.root().resolve("file")));
    }
  }

  private static void write(Path file, int size) throws IOException {
    byte[] block = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int written = 0; written < size; written += block.length) {
        out.write(block);
      }
    }
  }

  @Test
  @DisplayName("13.3 what is kept is an upper, over which the lower shows what the view has shown")
  void isKept() throws IOException {
    sandbox().needs(Capability.EPHEMERAL);
    fillLower();
    for (Ephemeral place : usable()) {
      String name = "kept-" + place.getClass().getSimpleName();
      OverlayMount mount = sandbox().mount(spec(place));
      change(mount.root());
      SortedMap<String, String> shown = sandbox().view(mount);
      mount.keepTo(sandbox().path(name));
      assertFalse(mount.isMounted());
      mount.close();
      assertEquals(List.of(), sandbox().mountedHere());
      assertEquals(List.of(), ShownTree.names(sandbox().path("place")));
      OverlaySpec again =
          sandbox()
              .lowerOnly()
              .upper(sandbox().path(name))
              .work(sandbox().directory("work-" + name))
              .build();
      try (OverlayMount view = sandbox().mount(again)) {
        assertEquals(shown, sandbox().view(view));
      }
    }
  }

  @Test
  @DisplayName("13.4 it is not kept where something is, and afterwards it can be kept elsewhere")
  void isKeptElsewhere() throws IOException {
    sandbox().needs(Capability.EPHEMERAL);
    fillLower();
    Path taken = sandbox().file("taken/file", "taken");
    for (Ephemeral place : usable()) {
      Path kept = sandbox().path("kept-" + place.getClass().getSimpleName());
      try (OverlayMount mount = sandbox().mount(spec(place))) {
        change(mount.root());
        for (Path wrong : List.of(taken, taken.getParent(), sandbox().path("missing/kept"))) {
          OverlayException e = assertThrows(OverlayException.class, () -> mount.keepTo(wrong));
          ProblemAsserts.assertTold(
              e.problems(), sandbox().strict(), List.of(ProblemCode.NOT_KEPT), Optional.of(wrong));
        }
        assertEquals("taken", Files.readString(taken));
        assertFalse(Files.exists(sandbox().path("missing")));
        mount.keepTo(kept);
      }
      assertEquals("changed", Files.readString(kept.resolve("file")));
      assertEquals("new", Files.readString(kept.resolve("new/file")));
    }
  }

  @Test
  @DisplayName("13.5 another view is not kept: its upper stays anyway")
  void othersAreNotKept() throws IOException {
    try (OverlayMount mount = sandbox().mount()) {
      Path kept = sandbox().path("kept");
      OverlayException e = assertThrows(OverlayException.class, () -> mount.keepTo(kept));
      ProblemAsserts.assertTold(
          e.problems(), sandbox().strict(), List.of(ProblemCode.NOT_EPHEMERAL), Optional.of(kept));
      assertTrue(mount.isMounted());
      assertFalse(Files.exists(kept));
    }
  }

  @Test
  @DisplayName("13.6 private paths are hidden, and the root looks like that of the lower")
  void hidesPrivatePaths() throws IOException {
    sandbox().needs(Capability.EPHEMERAL, Capability.PRIVATE_PATHS, Capability.PERMISSIONS);
    fillLower();
    Object permissions = Files.getPosixFilePermissions(sandbox().path("lower"));
    OverlaySpec spec =
        sandbox().lowerOnly().ephemeral(usable().get(0)).privatePath("directory/gone").build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("kept"), ShownTree.names(mount.root().resolve("directory")));
      assertEquals(permissions, Files.getPosixFilePermissions(mount.root()));
    }
  }
}
