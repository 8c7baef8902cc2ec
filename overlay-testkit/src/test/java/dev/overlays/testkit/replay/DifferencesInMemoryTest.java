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

/** Checks that differences are found at each point of comparison, without a mount. */
class DifferencesInMemoryTest {
  private static final Name PLANTED = Name.of("planted");

  private final FileSystem fileSystem =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder()
              .setAttributeViews("basic", "posix", "unix", "user")
              .build());
  private ComparedSide memory;

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
   * Changes layers. {@code own} is true for the first view, which is the side's own, and false for
   * layers of the other side.
   */
  @FunctionalInterface
  private interface LayerSabotage {
    void applyTo(OverlaySpec spec, boolean own) throws IOException;
  }

  private static void changeNothing(OverlaySpec spec, boolean own) {}

  /** A side that changes the layers before a view is opened and after it is closed. */
  private record SabotagedSide(
      ComparedSide memory, LayerSabotage before, LayerSabotage after, Set<OverlaySpec> opened)
      implements ComparedSide {

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
      before.applyTo(spec, own);
      OpenedView view = memory.open(spec);
      return new OpenedView() {
        @Override
        public Path root() {
          return view.root();
        }

        @Override
        public void close() throws IOException {
          view.close();
          after.applyTo(spec, own);
        }
      };
    }
  }

  private void plantFile(OverlaySpec spec) throws IOException {
    plantFile(memory.store(), spec.upper().orElseThrow());
  }

  private static void plantFile(LayerStore store, Path layer) throws IOException {
    try (LayerDirectory directory = store.open(layer)) {
      directory.createFile(PLANTED).close();
    }
  }

  /**
   * Returns the signature for a seed with an upper. Nothing is shrunk, so the first view is the
   * side's own.
   */
  private String signatureOf(LayerSabotage before, LayerSabotage after) {
    SabotagedSide saboteur = new SabotagedSide(memory, before, after, new HashSet<>());
    SidePair pair = new SidePair(memory, saboteur, DifferentialChecker::usualOptions);
    SidePair.ReplayResult result =
        pair.run(new Replay(0), 50, base -> RandomSteps.listOf(0, base, 100));
    return result.failure().orElseThrow().signature();
  }

  @Test
  void whatIsTheSameIsCalledSo() {
    for (long seed = 0; seed < 8; seed++) {
      assertEquals(
          Optional.empty(), DifferentialChecker.between(memory, memory).findDifference(seed, 100));
    }
  }

  /** A side that always writes redirects. */
  private record RedirectingSide(ComparedSide memory) implements ComparedSide {
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
    DifferentialChecker sides = DifferentialChecker.between(memory, new RedirectingSide(memory));
    String java =
        LongStream.range(0, 100)
            .mapToObj(number -> sides.findDifference(4 * number, 200))
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
        signatureOf((spec, own) -> plantFile(spec), DifferencesInMemoryTest::changeNothing));
  }

  @Test
  void anotherUpperIsFound() {
    assertEquals(
        "uppers",
        signatureOf(DifferencesInMemoryTest::changeNothing, (spec, own) -> plantFile(spec)));
  }

  @Test
  void whatIsMadeOfTheUpperOfAnotherIsFound() {
    String way = signatureOf(this::plantInOthers, DifferencesInMemoryTest::changeNothing);
    assertTrue(way.startsWith("exchanged ") && way.endsWith(" [missing]"), way);
  }

  @Test
  void anotherMergeIsFound() {
    AtomicInteger merges = new AtomicInteger();
    LayerMerge secondPlants =
        (spec, store) -> {
          if (merges.getAndIncrement() == 1) {
            plantFile(store, spec.lowers().get(0));
          }
        };
    SidePair pair =
        new SidePair(memory, memory, DifferentialChecker::usualOptions, Optional.of(secondPlants));
    SidePair.ReplayResult result =
        pair.run(new Replay(0), 50, base -> RandomSteps.listOf(0, base, 100));
    assertEquals("merged lowers", result.failure().orElseThrow().signature());
  }

  private void plantInOthers(OverlaySpec spec, boolean own) throws IOException {
    if (!own) {
      plantFile(spec);
    }
  }
}
