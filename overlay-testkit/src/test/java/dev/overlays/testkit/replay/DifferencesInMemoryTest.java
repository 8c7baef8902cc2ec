package dev.overlays.testkit.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.OverlaySpec;
import dev.overlays.RedirectDir;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.spi.LayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What differs is found at each point at which sides are compared, here without any mount. */
class DifferencesInMemoryTest {
  private static final Name PLANTED = Name.of("planted");

  private final FileSystem fileSystem =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder()
              .setAttributeViews("basic", "posix", "unix", "user")
              .build());
  private ReplaySide memory;

  @BeforeEach
  void makeSide() throws IOException {
    Path directory = Files.createDirectory(fileSystem.getPath("/layers"));
    memory =
        new MountedSide(
            "in-memory", directory, new PortableLayerStore(), KnownDifference.ofJimfs());
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    try (LayerDirectory directory = memory.store().open(memory.directory())) {
      assertEquals(null, directory.entries().next(), "layers left behind");
    }
    fileSystem.close();
  }

  /**
   * What is done to layers: in a side's own view, the first one, or in what others have written.
   */
  @FunctionalInterface
  private interface Sabotage {
    void on(OverlaySpec spec, boolean own) throws IOException;
  }

  private static void nothing(OverlaySpec spec, boolean own) {}

  /** Another side that does something to the layers before they are opened and after. */
  private record Saboteur(
      ReplaySide memory, Sabotage before, Sabotage after, Set<OverlaySpec> opened)
      implements ReplaySide {

    @Override
    public Path directory() {
      return memory.directory();
    }

    @Override
    public LayerStore store() {
      return memory.store();
    }

    @Override
    public OpenedView open(OverlaySpec spec) throws IOException {
      boolean own = opened.isEmpty();
      opened.add(spec);
      before.on(spec, own);
      OpenedView view = memory.open(spec);
      return new OpenedView() {
        @Override
        public Path root() {
          return view.root();
        }

        @Override
        public void close() throws IOException {
          view.close();
          after.on(spec, own);
        }
      };
    }
  }

  private void plant(OverlaySpec spec) throws IOException {
    plant(memory.store(), spec.upper().orElseThrow());
  }

  private static void plant(LayerStore store, Path layer) throws IOException {
    try (LayerDirectory directory = store.open(layer)) {
      directory.createFile(PLANTED).close();
    }
  }

  /** Of a seed that has an upper; nothing is shrunk, so that the first view is the side's own. */
  private String way(Sabotage before, Sabotage after) {
    Saboteur saboteur = new Saboteur(memory, before, after, new HashSet<>());
    SidePair pair = new SidePair(memory, saboteur, Differential::usual);
    SidePair.ReplayResult result =
        pair.run(new Replay(0), 50, base -> RandomSteps.of(0, base, 100));
    return result.failure().orElseThrow().way();
  }

  @Test
  void whatIsTheSameIsCalledSo() {
    for (long seed = 0; seed < 8; seed++) {
      assertEquals(Optional.empty(), Differential.between(memory, memory).find(seed, 100));
    }
  }

  /** Which writes redirects, whatever it is asked for. */
  private record RedirectingSide(ReplaySide memory) implements ReplaySide {
    @Override
    public Path directory() {
      return memory.directory();
    }

    @Override
    public LayerStore store() {
      return memory.store();
    }

    @Override
    public OpenedView open(OverlaySpec spec) throws IOException {
      return memory.open(
          spec.toBuilder().options(options -> options.withRedirectDir(RedirectDir.ON)).build());
    }
  }

  @Test
  void anotherAnswerIsFoundAndToldInAFewLines() {
    Differential sides = Differential.between(memory, new RedirectingSide(memory));
    String java =
        LongStream.range(0, 100)
            .mapToObj(number -> sides.find(4 * number, 200))
            .flatMap(Optional::stream)
            .findFirst()
            .orElseThrow()
            .replay()
            .toString();
    assertTrue(java.contains("\n    .move"), java);
    assertTrue(java.lines().count() <= 4, java);
  }

  @Test
  void anotherViewOfTheLayersIsFound() {
    assertEquals(
        "view [missing, modified]",
        way((spec, own) -> plant(spec), DifferencesInMemoryTest::nothing));
  }

  @Test
  void anotherUpperIsFound() {
    assertEquals("uppers", way(DifferencesInMemoryTest::nothing, (spec, own) -> plant(spec)));
  }

  @Test
  void whatIsMadeOfTheUpperOfAnotherIsFound() {
    String way = way(this::plantInOthers, DifferencesInMemoryTest::nothing);
    assertTrue(way.startsWith("exchanged ") && way.endsWith(" [missing]"), way);
  }

  @Test
  void anotherMergeIsFound() {
    AtomicInteger merges = new AtomicInteger();
    LayerMerge secondPlants =
        (spec, store) -> {
          if (merges.getAndIncrement() == 1) {
            plant(store, spec.lowers().get(0));
          }
        };
    SidePair pair = new SidePair(memory, memory, Differential::usual, Optional.of(secondPlants));
    SidePair.ReplayResult result =
        pair.run(new Replay(0), 50, base -> RandomSteps.of(0, base, 100));
    assertEquals("merged lowers", result.failure().orElseThrow().way());
  }

  private void plantInOthers(OverlaySpec spec, boolean own) throws IOException {
    if (!own) {
      plant(spec);
    }
  }
}
