package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.merge.contract.ManifestAssertions;
import dev.overlays.merge.contract.MergeCase;
import dev.overlays.spi.ForwardingLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import dev.overlays.testkit.layer.RandomLayers;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file server gives up the lock on a lower while an engine is at work. */
class LostClaimTest {
  /** Loses its claim when it is asked often enough, and remembers what the lower is then. */
  private static final class LosingStore extends ForwardingLayerStore {
    private final LowerReader lower;
    private int left;
    private List<String> lines = List.of();

    LosingStore(int asks, LowerReader lower) {
      super(new PortableLayerStore());
      this.lower = lower;
      left = asks;
    }

    @Override
    public void requireClaimed(Closeable claim) throws OverlayException {
      if (left > 0) {
        left--;
        return;
      }
      try {
        lines = lines.isEmpty() ? lower.readLines() : lines;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      throw new OverlayException(
          Problem.of(ProblemCode.LAYER_LOCK_LOST, "The lock is lost.", "Run it again."));
    }
  }

  @FunctionalInterface
  private interface LowerReader {
    List<String> readLines() throws IOException;
  }

  private static MergeCase createLayers(int seed) throws IOException {
    Path root = Files.createDirectory(InMemoryFileSystems.create().getPath("/root"));
    RandomLayers random = RandomLayers.of(seed, MarkNamespace.TRUSTED).withNodes().withOwners();
    return MergeCase.createLayers(
        new PortableLayerStore(), root, root, 1, random, MarkNamespace.TRUSTED, true);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void aMergeChangesNothingInTheLowerAfterThat(int seed) throws IOException {
    MergeCase layers = createLayers(seed);
    List<String> view = layers.mergedView().manifest();
    for (int asks = 0; ; asks += 1 + asks / 3) {
      LosingStore store = new LosingStore(asks, () -> layers.lowerView().manifest());
      try {
        layers.newMerge().store(store).run();
        break;
      } catch (OverlayException e) {
        assertTrue(e.has(ProblemCode.LAYER_LOCK_LOST), e.getMessage());
      }
      String when = "after " + asks + " entries";
      ManifestAssertions.assertSameLines(
          store.lines, layers.lowerView().manifest(), () -> "lower " + when);
      ManifestAssertions.assertSameLines(
          view, layers.mergedView().manifest(), () -> "view " + when);
    }
    ManifestAssertions.assertSameLines(view, layers.lowerView().manifest(), () -> "merged");
  }

  @Test
  void everyEngineEndsThen() throws IOException {
    OverlaySpec spec = createLayers(1).spec();
    LosingStore store = new LosingStore(0, List::of);
    assertEndsBy(() -> OverlayMerge.of(spec).store(store).run());
    assertEndsBy(() -> OverlayVacuum.of(spec).store(store).run());
    assertEndsBy(() -> SharedLayers.createLayers(1).newMerge(2).store(store).run());
    Path root = Files.createDirectory(InMemoryFileSystems.create().getPath("/root"));
    Path top = Files.createDirectory(root.resolve("top"));
    Path bottom = Files.createDirectory(root.resolve("bottom"));
    Files.createFile(top.resolve("file"));
    OverlaySpec lowers = OverlaySpec.builder().lower(top).lower(bottom).ephemeral().build();
    assertEndsBy(() -> OverlaySquash.of(lowers).store(store).run());
    assertEquals(false, Files.exists(bottom.resolve("file")));
  }

  private static void assertEndsBy(Executable run) {
    OverlayException e = assertThrows(OverlayException.class, run);
    assertTrue(e.has(ProblemCode.LAYER_LOCK_LOST), e.getMessage());
  }
}
