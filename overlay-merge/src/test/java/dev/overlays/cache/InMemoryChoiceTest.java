package dev.overlays.cache;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.ProblemCode;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.testkit.memory.InMemoryBackend;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which specs choose the in-memory backend, found by ServiceLoader alone. */
class InMemoryChoiceTest {

  private static OverlaySpec prepareSpec(Path directory) throws IOException {
    Files.createDirectory(directory.resolve("lower"));
    Files.writeString(directory.resolve("lower/old"), "old");
    return OverlaySpec.builder()
        .lower(directory.resolve("lower"))
        .instance(directory.resolve("instance"))
        .build();
  }

  @Test
  void inMemoryLayersChooseTheInMemoryBackend() throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      OverlaySpec spec = prepareSpec(memory.getPath("/work"));
      try (OverlayMount mount = Overlays.mount(spec)) {
        assertEquals("in-memory", mount.backend());
        Files.delete(mount.root().resolve("old"));
        Files.writeString(mount.root().resolve("new"), "new");
      }
      OverlayMerge.of(spec).run();
      assertFalse(Files.exists(memory.getPath("/work/lower/old")));
      assertEquals("new", Files.readString(memory.getPath("/work/lower/new")));
    }
  }

  @Test
  void realDirectoriesNeedTheBackendByName(@TempDir Path directory) throws IOException {
    OverlaySpec spec = prepareSpec(directory);
    InMemoryBackend backend = new InMemoryBackend();
    assertEquals(
        ProblemCode.PATH_PROVIDER_UNSUPPORTED,
        backend.declinesByDefault(spec).orElseThrow().code());
    assertTrue(backend.whyDeclined(spec).isEmpty());
    OverlaySpec userMarks = spec.toBuilder().options(o -> o.withUserXattr(true)).build();
    try (OverlayMount mount = Overlays.mount(userMarks, "in-memory")) {
      Files.delete(mount.root().resolve("old"));
      assertFalse(Files.exists(mount.root().resolve("old")));
    }
    assertTrue(Files.exists(directory.resolve("lower/old")));
  }

  /** What cannot be had is told by the one that is named, not dropped. */
  @Test
  void indexOptionIsRefused() throws IOException {
    try (FileSystem memory = InMemoryFileSystems.create()) {
      OverlaySpec spec =
          prepareSpec(memory.getPath("/work")).toBuilder().options(o -> o.withIndex(true)).build();
      OverlayException e = assertThrows(OverlayException.class, () -> Overlays.mount(spec));
      assertEquals(ProblemCode.OPTION_UNSUPPORTED, e.problems().get(0).code());
      assertFalse(Files.exists(memory.getPath("/work/instance")));
    }
  }
}
