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
  private List<Ephemeral> bothPlaces() throws IOException {
    return List.of(Ephemeral.inMemory(), Ephemeral.in(sandbox().makeDirectory("place")));
  }

  /** Returns the places that the backend supports. */
  private List<Ephemeral> usablePlaces() throws IOException {
    return bothPlaces().stream()
        .filter(place -> sandbox().isDeclared(capabilityFor(place)))
        .toList();
  }

  private static Capability capabilityFor(Ephemeral place) {
    return place instanceof Ephemeral.Memory
        ? Capability.EPHEMERAL_IN_MEMORY
        : Capability.EPHEMERAL;
  }

  private OverlaySpec specIn(Ephemeral place) throws IOException {
    return sandbox().specOfLower().ephemeral(place).build();
  }

  private void fillLower() throws IOException {
    sandbox().makeFile("lower/file", "lower");
    sandbox().makeFile("lower/gone", "lower");
    sandbox().makeFile("lower/directory/gone", "lower");
    sandbox().makeFile("lower/directory/kept", "lower");
  }

  private static void changeView(Path root) throws IOException {
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
    for (Ephemeral place : bothPlaces()) {
      OverlaySpec spec = specIn(place);
      if (!sandbox().isDeclared(capabilityFor(place))) {
        new RefusalCheck(sandbox())
            .assertRefusedOrDeclined(
                spec, ProblemCode.OPTION_UNSUPPORTED, ProblemCode.EPHEMERAL_UPPER_NOT_CREATED);
        continue;
      }
      List<String> before = sandbox().linesAtRest(Optional.empty());
      for (int i = 0; i < 2; i++) {
        try (OverlayMount mount = sandbox().mount(spec)) {
          assertEquals(spec, mount.spec());
          assertEquals("lower", Files.readString(mount.root().resolve("file")));
          changeView(mount.root());
          assertEquals("changed", Files.readString(mount.root().resolve("file")));
          assertEquals(List.of("directory", "file", "new"), VisibleTree.namesIn(mount.root()));
          sandbox().assertListed(mount);
        }
        assertEquals(List.of(), sandbox().mountedHere());
        if (place instanceof Ephemeral.Directory directory) {
          assertEquals(List.of(), VisibleTree.namesIn(directory.parent()));
        }
      }
      assertEquals(before.size(), sandbox().linesAtRest(Optional.empty()).size());
    }
  }

  @Test
  @DisplayName("13.2 more than the limit is not written")
  void refusesToExceedTheLimit() throws IOException {
    sandbox().assumeDeclared(Capability.EPHEMERAL_IN_MEMORY);
    sandbox().makeFile("lower/file", "lower");
    try (OverlayMount mount = sandbox().mount(specIn(Ephemeral.inMemory(LIMIT)))) {
      Files.write(mount.root().resolve("small"), new byte[LIMIT / 4]);
      assertThrows(IOException.class, () -> writeBytes(mount.root().resolve("big"), 2 * LIMIT));
      assertEquals("lower", Files.readString(mount.root().resolve("file")));
    }
  }

  private static void writeBytes(Path file, int size) throws IOException {
    byte[] block = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(file)) {
      for (int written = 0; written < size; written += block.length) {
        out.write(block);
      }
    }
  }

  @Test
  @DisplayName("13.3 what is kept is an upper, over which the lower shows what the view has shown")
  void keptUpperShowsWhatTheViewShowed() throws IOException {
    sandbox().assumeDeclared(Capability.EPHEMERAL);
    fillLower();
    for (Ephemeral place : usablePlaces()) {
      String name = "kept-" + place.getClass().getSimpleName();
      OverlayMount mount = sandbox().mount(specIn(place));
      changeView(mount.root());
      SortedMap<String, String> shown = sandbox().viewLines(mount);
      mount.keepTo(sandbox().pathOf(name));
      assertFalse(mount.isMounted());
      mount.close();
      assertEquals(List.of(), sandbox().mountedHere());
      assertEquals(List.of(), VisibleTree.namesIn(sandbox().pathOf("place")));
      OverlaySpec again =
          sandbox()
              .specOfLower()
              .upper(sandbox().pathOf(name))
              .work(sandbox().makeDirectory("work-" + name))
              .build();
      try (OverlayMount view = sandbox().mount(again)) {
        assertEquals(shown, sandbox().viewLines(view));
      }
    }
  }

  @Test
  @DisplayName("13.4 it is not kept where something is, and afterwards it can be kept elsewhere")
  void isNotKeptOverExistingEntries() throws IOException {
    sandbox().assumeDeclared(Capability.EPHEMERAL);
    fillLower();
    Path taken = sandbox().makeFile("taken/file", "taken");
    for (Ephemeral place : usablePlaces()) {
      Path kept = sandbox().pathOf("kept-" + place.getClass().getSimpleName());
      try (OverlayMount mount = sandbox().mount(specIn(place))) {
        changeView(mount.root());
        for (Path wrong : List.of(taken, taken.getParent(), sandbox().pathOf("missing/kept"))) {
          OverlayException e = assertThrows(OverlayException.class, () -> mount.keepTo(wrong));
          ProblemAsserts.assertTold(
              e.problems(),
              sandbox().isStrict(),
              List.of(ProblemCode.NOT_KEPT),
              Optional.of(wrong));
        }
        assertEquals("taken", Files.readString(taken));
        assertFalse(Files.exists(sandbox().pathOf("missing")));
        mount.keepTo(kept);
      }
      assertEquals("changed", Files.readString(kept.resolve("file")));
      assertEquals("new", Files.readString(kept.resolve("new/file")));
    }
  }

  @Test
  @DisplayName("13.5 another view is not kept: its upper stays anyway")
  void ordinaryViewsAreNotKept() throws IOException {
    try (OverlayMount mount = sandbox().mount()) {
      Path kept = sandbox().pathOf("kept");
      OverlayException e = assertThrows(OverlayException.class, () -> mount.keepTo(kept));
      ProblemAsserts.assertTold(
          e.problems(),
          sandbox().isStrict(),
          List.of(ProblemCode.NOT_EPHEMERAL),
          Optional.of(kept));
      assertTrue(mount.isMounted());
      assertFalse(Files.exists(kept));
    }
  }

  @Test
  @DisplayName("13.6 private paths are hidden, and the root looks like that of the lower")
  void hidesPrivatePaths() throws IOException {
    sandbox()
        .assumeDeclared(Capability.EPHEMERAL, Capability.PRIVATE_PATHS, Capability.PERMISSIONS);
    fillLower();
    Object permissions = Files.getPosixFilePermissions(sandbox().pathOf("lower"));
    OverlaySpec spec =
        sandbox()
            .specOfLower()
            .ephemeral(usablePlaces().get(0))
            .privatePath("directory/gone")
            .build();
    try (OverlayMount mount = sandbox().mount(spec)) {
      assertEquals(List.of("kept"), VisibleTree.namesIn(mount.root().resolve("directory")));
      assertEquals(permissions, Files.getPosixFilePermissions(mount.root()));
    }
  }

  @Test
  @DisplayName("13.7 while it is mounted, its upper can be read by the spec that the mount returns")
  void upperCanBeReadWhileMounted() throws IOException {
    sandbox().assumeDeclared(Capability.EPHEMERAL);
    fillLower();
    for (Ephemeral place : usablePlaces()) {
      try (OverlayMount mount = sandbox().mount(specIn(place))) {
        changeView(mount.root());
        OverlaySpec layers = mount.specWithUpper();
        assertEquals(mount.spec().lowers(), layers.lowers());
        assertEquals(Optional.empty(), layers.ephemeral());
        Path upper = layers.upper().orElseThrow();
        assertEquals("changed", Files.readString(upper.resolve("file")));
        assertEquals("new", Files.readString(upper.resolve("new/file")));
      }
    }
    try (OverlayMount mount = sandbox().mount()) {
      assertEquals(mount.spec(), mount.specWithUpper());
    }
  }
}
