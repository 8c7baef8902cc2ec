package dev.overlays.merge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.Change;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.InjectedFaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a diff with several threads. */
class DiffWorkersTest {
  private static final int TREES = 7;
  private static final int DIRECTORIES = 5;

  /** More changes in one directory than a helper finds ahead. */
  private static final int FILES = 1200;

  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);

  DiffWorkersTest() throws IOException {}

  @BeforeEach
  void createLayers() throws IOException {
    for (int i = 0; i < TREES; i++) {
      layers.addFile("upper/t" + i + "/alone", "").addFile("lower/t" + i + "/old", "");
      for (int j = 0; j < DIRECTORIES; j++) {
        layers.addFile("upper/t" + i + "/d" + j + "/sub/file" + j, "");
      }
    }
    for (int i = 0; i < FILES; i++) {
      layers.addFile("upper/t3/d2/many" + i, "");
    }
  }

  private OverlayDiff diffWith(int workers) {
    return OverlayDiff.of(layers.spec()).store(store).workers(workers);
  }

  private List<Change> changesWith(int workers) throws IOException {
    try (Stream<Change> changes = diffWith(workers).changes()) {
      return changes.toList();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8})
  void anyNumberOfWorkersGivesTheSameChangesInTheSameOrder(int workers) throws IOException {
    List<Change> alone = changesWith(1);
    for (int i = 0; i < 20; i++) {
      assertEquals(alone, changesWith(workers));
      store.assertAllClosed();
    }
  }

  @Test
  void closesWhatIsBegunAndNotAskedFor() throws IOException {
    int all = changesWith(1).size();
    for (int i = 0; i < all; i += 1 + i / 50) {
      try (Stream<Change> changes = diffWith(2).changes()) {
        assertEquals(i, changes.limit(i).count());
      }
      store.assertAllClosed();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10, 40, 300})
  void streamThrowsAfterACrashInAnyWorker(int before) throws IOException {
    FaultyLayerStore faulty = new FaultyLayerStore(HandMadeLayers.STORE).crashAt(1);
    OverlayDiff diff = OverlayDiff.of(layers.spec()).store(faulty).workers(2);
    try (Stream<Change> changes = diff.changes();
        LayerDirectory upper = faulty.open(layers.pathOf("upper"))) {
      Iterator<Change> each = changes.iterator();
      for (int i = 0; i < before; i++) {
        each.next();
      }
      assertThrows(IOException.class, () -> upper.remove(Name.of("none")));
      UncheckedIOException e =
          assertThrows(UncheckedIOException.class, () -> each.forEachRemaining(change -> {}));
      assertInstanceOf(InjectedFaultException.class, e.getCause());
    }
    faulty.assertAllClosed();
  }

  @Test
  void streamThrowsTheReadFailureOfAWorker() {
    for (int i = 0; i < TREES; i++) {
      for (int j = 0; j < DIRECTORIES; j++) {
        String path = "upper/t" + i + "/d" + j + "/sub/file" + j;
        store.setHook(
            new FaultyLayerStore.OperationHook() {
              @Override
              public void beforeReading(FileOperation operation, String read) throws IOException {
                if (read.endsWith(path)) {
                  throw new IOException(path);
                }
              }
            });
        IOException e = assertThrows(IOException.class, () -> diffWith(2).forEach(change -> {}));
        assertEquals(path, e.getMessage());
        store.assertAllClosed();
      }
    }
  }

  /** The stack has room for some hundred calls only, so no directory may need one. */
  @Test
  void manyUnchangedDirectoriesNeedNoStack() throws Exception {
    for (int i = 0; i < 20_000; i++) {
      Files.createDirectories(layers.pathOf("upper/same" + i));
      Files.createDirectories(layers.pathOf("lower/same" + i));
    }
    AtomicLong same = new AtomicLong();
    FutureTask<Void> diff =
        new FutureTask<>(
            () -> {
              diffWith(2)
                  .forEach(change -> same.addAndGet(change.path().startsWith("same") ? 1 : 0));
              return null;
            });
    new Thread(null, diff, "diff", 1 << 16).start();
    diff.get();
    assertEquals(0, same.get());
    store.assertAllClosed();
  }

  @Test
  void refusesZeroWorkers() {
    OverlayDiff diff = OverlayDiff.of(layers.spec());
    assertThrows(IllegalArgumentException.class, () -> diff.workers(0));
  }
}
