package dev.overlays.merge.diff;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory.ShownEntry;
import dev.overlays.merge.HandMadeLayers;
import dev.overlays.merge.report.Change;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests {@link DiffRun} with its stream and its helpers, and {@link EntryComparison}. */
class DiffRunTest {
  private static final Name FILE = Name.of("file");

  private final HandMadeLayers layers = new HandMadeLayers();
  private final FaultyLayerStore store = new FaultyLayerStore(HandMadeLayers.STORE);

  DiffRunTest() throws IOException {}

  private DiffRun open(int workers) throws IOException {
    return DiffRun.open(LayerJob.of(layers.spec()), store, true, true, workers);
  }

  private List<String> pathsOf(int workers) throws IOException {
    List<String> paths = new ArrayList<>();
    try (DiffRun run = open(workers)) {
      for (Change change = run.nextChange(); change != null; change = run.nextChange()) {
        paths.add(change.path());
      }
    }
    return paths;
  }

  private void makeTrees() throws IOException {
    for (int i = 0; i < 6; i++) {
      layers.addFile("upper/t" + i + "/a/b/file", "").addFile("upper/t" + i + "/c/file", "");
      layers.addFile("lower/t" + i + "/a/gone", "").addWhiteout("upper/t" + i + "/a/gone");
    }
    layers.addMark("upper/t3", Mark.OPAQUE, "y").withEqualTimes();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void directoryComesBeforeWhatIsInIt(int workers) throws IOException {
    makeTrees();
    Set<String> changed = new HashSet<>(pathsOf(1));
    Set<String> seen = new HashSet<>();
    for (String path : pathsOf(workers)) {
      int slash = path.lastIndexOf('/');
      String parent = slash < 0 ? "." : path.substring(0, slash);
      assertTrue(!changed.contains(parent) || seen.contains(parent), path);
      assertTrue(seen.add(path), "twice: " + path);
    }
    assertEquals(changed, seen);
    store.assertAllClosed();
  }

  @Test
  void nothingIsReadBeforeTheFirstChangeIsAskedForButTheRoots() throws IOException {
    makeTrees();
    store.faults().startRecording();
    try (DiffRun run = open(3);
        Stream<Change> changes = DiffSpliterator.streamOf(run)) {
      assertEquals(3, store.faults().recordedOperations().size(), "the openings of the roots");
      assertTrue(changes.findFirst().isPresent());
    }
    store.assertAllClosed();
  }

  /** The end of a stream closes the layers, whether it was read to its end or not. */
  @Test
  void closedStreamClosesTheRun() throws IOException {
    makeTrees();
    for (int limit : new int[] {0, 1, 5, 1000}) {
      try (Stream<Change> changes = DiffSpliterator.streamOf(open(2))) {
        assertTrue(changes.limit(limit).count() <= limit);
      }
      store.assertAllClosed();
    }
  }

  @Test
  void streamThrowsTheFailureWithItsPathAndClosesEverything() throws IOException {
    makeTrees();
    NoSuchFileException gone = new NoSuchFileException("/root/upper/t4/c/file");
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeReading(FileOperation operation, String path) throws IOException {
            if (path.equals("/root/upper/t4/c/file")) {
              throw gone;
            }
          }
        });
    for (int workers : new int[] {1, 3}) {
      try (Stream<Change> changes = DiffSpliterator.streamOf(open(workers))) {
        UncheckedIOException e = assertThrows(UncheckedIOException.class, changes::toList);
        assertSame(gone, assertInstanceOf(NoSuchFileException.class, e.getCause()));
      }
      store.assertAllClosed();
    }
  }

  /** Everything that is read fails once; helpers may read ahead meanwhile. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void failureOfAnyReadingLeavesNoHandleOpen(int workers) throws IOException {
    makeTrees();
    for (FileOperation operation :
        List.of(
            FileOperation.OPEN, FileOperation.LIST, FileOperation.STAT, FileOperation.READ_XATTR)) {
      boolean failed = true;
      for (int at = 1; failed; at += 1 + at / 8) {
        FaultyLayerStore faulty = new FaultyLayerStore(HandMadeLayers.STORE);
        faulty.faults().failAt(operation, at, FaultKind.INPUT_OUTPUT);
        failed = failsToDiff(faulty, workers);
        faulty.assertAllClosed();
      }
    }
  }

  private boolean failsToDiff(FaultyLayerStore faulty, int workers) {
    try (DiffRun run = DiffRun.open(LayerJob.of(layers.spec()), faulty, true, true, workers)) {
      while (run.nextChange() != null) {
        // Goes on to the end.
      }
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /** An interrupt does not end a diff, and the handles are not closed while a helper reads. */
  @Test
  void interruptWhileWaitingForAHelperStaysSet() throws IOException {
    makeTrees();
    List<String> expected = pathsOf(1);
    Thread.currentThread().interrupt();
    try {
      assertEquals(expected, pathsOf(4));
      assertTrue(Thread.interrupted());
    } finally {
      Thread.interrupted();
    }
    store.assertAllClosed();
  }

  /** Lets a helper read, and holds it until this thread waits for it. */
  @Test
  void closeWaitsForAHelperThatStillReads() throws Exception {
    makeTrees();
    Thread caller = Thread.currentThread();
    CountDownLatch reads = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean isClosed = new AtomicBoolean();
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeReading(FileOperation operation, String path) throws IOException {
            if (Thread.currentThread() != caller) {
              reads.countDown();
              try {
                release.await();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              assertFalse(isClosed.get(), path);
            }
          }
        });
    Thread releasing =
        new Thread(
            () -> {
              while (caller.getState() != Thread.State.WAITING && !isClosed.get()) {
                Thread.onSpinWait();
              }
              release.countDown();
            });
    DiffRun run = open(2);
    Change first = run.nextChange();
    while (!first.path().startsWith("t")) {
      first = run.nextChange();
    }
    reads.await();
    releasing.start();
    run.close();
    boolean released = release.getCount() == 0;
    isClosed.set(true);
    releasing.join();
    assertTrue(released, "the helper uses handles of the layers");
    store.assertAllClosed();
  }

  @Test
  void helpersAreDaemonsAndOnlyThereIfAskedFor() throws IOException {
    makeTrees();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeReading(FileOperation operation, String path) {
            threads.add(Thread.currentThread());
          }
        });
    pathsOf(1);
    assertEquals(Set.of(Thread.currentThread()), threads);
    pathsOf(3);
    threads.remove(Thread.currentThread());
    assertTrue(threads.size() <= 2, "helpers: " + threads);
    assertTrue(threads.stream().allMatch(Thread::isDaemon));
  }

  private boolean haveSameAttributes(String upperPath) throws IOException {
    try (LayerDirectory upper = layers.openDirectory("upper");
        LayerRoots lowers = layers.openLowers()) {
      Name name = Name.of(upperPath);
      ShownEntry old = lowers.mergedRoot().findShown(name).orElseThrow();
      return new EntryComparison(lowers)
          .haveSameAttributes(
              new EntryComparison.UpperEntry(upper, name, LayerEntries.requireStat(upper, name)),
              old);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "nothing, true, true",
    "mode, false, false",
    "owner, false, false",
    "group, false, false",
    "time, false, true",
    "xattr, false, false",
    "another xattr, false, false",
    "mark, true, true",
    "protection, false, false",
  })
  void attributesAreEqualUnlessAVisibleOneDiffers(String differs, boolean file, boolean directory)
      throws IOException {
    for (String layer : List.of("upper", "lower")) {
      layers.addFile(layer + "/file", "").addDirectory(layer + "/dir").withEqualTimes();
      for (String entry : List.of("file", "dir")) {
        layers.runAt(
            layer + "/" + entry, (d, name) -> d.setXattr(name, "user.own", new byte[] {1}));
      }
    }
    for (String entry : List.of("file", "dir")) {
      String path = "upper/" + entry;
      switch (differs) {
        case "mode" -> layers.setMode(path, 0701);
        case "owner" -> layers.runAt(path, (d, name) -> d.setOwner(name, 5, 0));
        case "group" -> layers.runAt(path, (d, name) -> d.setOwner(name, 0, 5));
        case "time" -> layers.setModified(path, Instant.EPOCH);
        case "xattr" ->
            layers.runAt(path, (d, name) -> d.setXattr(name, "user.own", new byte[] {2}));
        case "another xattr" ->
            layers.runAt(path, (d, name) -> d.setXattr(name, "user.more", new byte[0]));
        case "mark" -> layers.addMark(path, Mark.ORIGIN, "handle");
        case "protection" -> layers.addMark(path, Mark.PROTATTR, "a");
        default -> assertTrue(layers.exists(path));
      }
    }
    assertEquals(file, haveSameAttributes("file"));
    assertEquals(directory, haveSameAttributes("dir"));
  }

  /** An image such as erofs reports every entry as immutable, and its root, too. */
  @Test
  void protectionOfAWholeImageIsNoDifference() throws IOException {
    layers.addFile("upper/file", "").addFile("lower/file", "").withEqualTimes();
    layers.runAt("lower/file", (d, name) -> d.setProtection(name, true, false));
    assertFalse(haveSameAttributes("file"));
    layers.runAt("lower", (d, name) -> d.setProtection(name, true, false));
    assertTrue(haveSameAttributes("file"));
  }

  private boolean haveSameContent() throws IOException {
    try (LayerDirectory upper = layers.openDirectory("upper");
        LayerRoots lowers = layers.openLowers()) {
      return EntryComparison.haveSameContent(
          new EntryComparison.UpperEntry(upper, FILE, LayerEntries.requireStat(upper, FILE)),
          lowers.mergedRoot(),
          lowers.mergedRoot().findShown(FILE).orElseThrow());
    }
  }

  @Test
  void contentOfALowersMetacopyIsThatOfTheLayerBelowIt() throws IOException {
    layers.addFile("upper/file", "data").addMetacopy("lower/file", 4).addFile("base/file", "data");
    assertTrue(haveSameContent());
    layers.addFile("base/file", "DATA");
    assertFalse(haveSameContent());
    Files.delete(layers.pathOf("base/file"));
    assertFalse(haveSameContent(), "without data there is nothing to be equal to");
  }

  @ParameterizedTest
  @CsvSource({"1, 2, true", "1, 3, false", "2, 2, false"})
  void devicesAreEqualIfTheirNumbersAre(int major, int minor, boolean same) throws IOException {
    try (LayerDirectory upper = layers.openDirectory("upper");
        LayerDirectory lower = layers.openDirectory("lower")) {
      upper.createNode(FILE, EntryType.BLOCK_DEVICE, 1, 2);
      lower.createNode(FILE, EntryType.BLOCK_DEVICE, major, minor);
    }
    assertEquals(same, haveSameContent());
  }

  /** Targets of links are bytes, not paths of this JVM. */
  @ParameterizedTest
  @CsvSource({"255, true", "254, false"})
  void linksAreEqualIfTheBytesOfTheirTargetsAre(int last, boolean same) throws IOException {
    try (LayerDirectory upper = layers.openDirectory("upper");
        LayerDirectory lower = layers.openDirectory("lower")) {
      upper.createSymlink(FILE, new byte[] {'x', (byte) 255});
      lower.createSymlink(FILE, new byte[] {'x', (byte) last});
    }
    assertEquals(same, haveSameContent());
  }
}
