package dev.overlays.testkit.layer;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FaultyLayerStoreTest {
  private static final Name A = Name.of("a");
  private static final Name B = Name.of("b");

  private final FileSystem fileSystem =
      JimfsLayerStoreTest.newJimfs("basic", "posix", "unix", "user");
  private final Path root = fileSystem.getPath("/");
  private final FaultyLayerStore store = new FaultyLayerStore(new PortableLayerStore());

  /** Makes every change at least once. */
  private static void makeEveryChange(LayerDirectory directory) throws IOException {
    try (OutputStream out = directory.createFile(A)) {
      out.write(new byte[10]);
      out.write(1);
    }
    try (FileChannel channel = directory.openFile(A, true)) {
      channel.write(ByteBuffer.allocate(1));
      channel.truncate(11);
      channel.force(true);
    }
    directory.createDirectory(B);
    directory.createSymlink(Name.of("link"), new byte[] {'a'});
    directory.createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    directory.createWhiteout(Name.of("white"));
    directory.setOwner(A, 1, 2);
    directory.setMode(A, 0640);
    directory.setXattr(A, "user.x", new byte[1]);
    directory.removeXattr(A, "user.x");
    directory.setProtection(A, false, true);
    directory.setProtection(A, false, false);
    directory.createFile(Name.of("copy")).close();
    directory.copyData(A, directory, Name.of("copy"));
    directory.syncFile(A);
    directory.syncFileSystem();
    directory.setTimes(A, Instant.EPOCH, Instant.EPOCH);
    try (LayerDirectory inner = directory.open(B)) {
      directory.createLink(A, inner, A);
      directory.rename(A, inner, B);
      inner.rename(A, directory, A);
      inner.stat(B);
    }
    directory.remove(A);
    directory.remove(Name.of("white"));
    try (LayerDirectory inner = directory.open(B)) {
      directory.rename(Name.of("pipe"), inner, B);
      inner.remove(B);
    }
    directory.removeDirectory(B);
  }

  private static List<String> observeOperations(FaultyLayerStore store, Path root)
      throws IOException {
    List<String> seen = new ArrayList<>();
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeChange(FileOperation operation, String path) {
            seen.add("before " + operation + ' ' + path);
          }

          @Override
          public void afterChange(FileOperation operation, String path) {
            seen.add("after " + operation + ' ' + path);
          }
        });
    try (LayerDirectory directory = store.open(root)) {
      makeEveryChange(directory);
    }
    return seen;
  }

  @Test
  void hooksSeeEveryChangeBeforeAndAfter() throws IOException {
    Path directory = Files.createDirectory(root.resolve("d"));
    List<String> seen = observeOperations(store, directory);
    assertEquals(2 * store.changeCount(), seen.size());
    Set<FileOperation> ofFileSystems =
        EnumSet.of(FileOperation.OPEN_FOR_WRITING, FileOperation.TRUNCATE);
    for (FileOperation operation : FileOperation.values()) {
      if (ofFileSystems.contains(operation) || !operation.isChange()) {
        continue;
      }
      assertTrue(
          seen.stream().anyMatch(s -> s.startsWith("before " + operation + " /d")),
          operation::name);
      assertTrue(
          seen.stream().anyMatch(s -> s.startsWith("after " + operation + " /d")), operation::name);
    }
    assertEquals("before CREATE_FILE /d/a", seen.get(0));
    assertTrue(seen.contains("after RENAME /d/a -> /d/b/b"), seen::toString);
    store.assertAllClosed();
  }

  @Test
  void aFailedChangeDoesNotHappenAndTheNextOneWorks() throws IOException {
    observeOperations(store, Files.createDirectory(root.resolve("whole")));
    for (long k = 1; k <= store.changeCount(); k++) {
      Path directory = Files.createDirectory(root.resolve("fail" + k));
      FaultyLayerStore failing = new FaultyLayerStore(new PortableLayerStore()).failAt(k);
      try (LayerDirectory open = failing.open(directory)) {
        assertThrows(InjectedFaultException.class, () -> makeEveryChange(open));
        assertEquals(k, failing.changeCount());
        open.createDirectory(Name.of("after"));
        assertFalse(failing.hasCrashed());
      }
      failing.assertAllClosed();
    }
  }

  @Test
  void faultsLookLikeErrorsOfADisk() throws IOException {
    try (LayerDirectory directory = store.open(Files.createDirectory(root.resolve("d")))) {
      store.failAt(1, FaultKind.NO_SPACE);
      FileSystemException full =
          assertThrows(FileSystemException.class, () -> directory.createDirectory(A));
      assertEquals("no space left on device", full.getReason());
      assertEquals("/d/a", full.getFile());
      store.failAt(2, FaultKind.INPUT_OUTPUT);
      FileSystemException broken =
          assertThrows(FileSystemException.class, () -> directory.createDirectory(A));
      assertEquals("input/output error", broken.getReason());
      store.failAt(3, FaultKind.NO_ACCESS);
      assertThrows(AccessDeniedException.class, () -> directory.createDirectory(A));
      directory.createDirectory(A);
      store.failAt(5, FaultKind.NO_SPACE).crashAt(5);
      assertThrows(InjectedFaultException.class, () -> directory.createDirectory(B));
    }
  }

  @Test
  void hooksSeeOneChangeAtATime() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeChange(FileOperation operation, String path) {
            assertEquals(1, inside.incrementAndGet(), path);
          }

          @Override
          public void afterChange(FileOperation operation, String path) {
            assertEquals(0, inside.decrementAndGet(), path);
          }
        });
    ExecutorService workers = Executors.newFixedThreadPool(4);
    try (LayerDirectory directory = store.open(root)) {
      List<Callable<Void>> work = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        Name name = Name.of("worker" + i);
        work.add(
            () -> {
              for (int j = 0; j < 50; j++) {
                directory.createDirectory(name);
                directory.removeDirectory(name);
              }
              return null;
            });
      }
      for (Future<Void> done : workers.invokeAll(work)) {
        done.get();
      }
    } finally {
      workers.shutdown();
    }
    assertEquals(800, store.changeCount());
  }

  @Test
  void afterACrashNothingWorksButClosing() throws IOException {
    LayerDirectory directory = store.open(root);
    OutputStream out = directory.createFile(A);
    out.write(1);
    InputStream in = directory.readFile(A);
    EntryCursor cursor = directory.entries();
    store.crashAt(3);
    assertThrows(InjectedFaultException.class, () -> directory.createDirectory(B));
    assertTrue(store.hasCrashed());
    assertFalse(Files.exists(root.resolve("b")));
    assertThrows(InjectedFaultException.class, () -> directory.createDirectory(B));
    assertThrows(InjectedFaultException.class, () -> directory.stat(A));
    assertThrows(InjectedFaultException.class, () -> directory.open(A));
    assertThrows(InjectedFaultException.class, () -> directory.xattrs(A));
    assertThrows(InjectedFaultException.class, directory::entries);
    assertThrows(InjectedFaultException.class, cursor::next);
    assertThrows(InjectedFaultException.class, in::read);
    assertThrows(InjectedFaultException.class, () -> out.write(1));
    assertThrows(InjectedFaultException.class, () -> store.open(root));
    assertEquals(3, store.changeCount());
    out.close();
    in.close();
    directory.close();
    store.assertAllClosed();
  }

  @Test
  void aHookThatThrowsBeforeAChangePreventsIt() throws IOException {
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeChange(FileOperation operation, String path) throws IOException {
            if (path.endsWith("/a")) {
              throw new IOException("before");
            }
          }

          @Override
          public void afterChange(FileOperation operation, String path) throws IOException {
            throw new IOException("after");
          }
        });
    try (LayerDirectory directory = store.open(root)) {
      assertThrows(IOException.class, () -> directory.createFile(A));
      assertThrows(IOException.class, () -> directory.createFile(B));
    }
    assertFalse(Files.exists(root.resolve("a")));
    assertTrue(Files.exists(root.resolve("b")));
    store.assertAllClosed();
  }

  @Test
  void openHandlesAreCountedAndReported() throws IOException {
    Path work = Files.createDirectory(root.resolve("w"));
    Path upper = Files.createDirectory(root.resolve("upper"));
    OverlaySpec spec =
        OverlaySpec.builder()
            .lower(Files.createDirectory(root.resolve("lower")))
            .upper(upper)
            .work(work)
            .build();
    Closeable claim = store.claim(spec);
    LayerDirectory directory = store.open(upper);
    OutputStream out = directory.createFile(A);
    InputStream in = directory.readFile(A);
    assertEquals(4, store.openHandles());
    AssertionError error = assertThrows(AssertionError.class, store::assertAllClosed);
    assertEquals(4, error.getSuppressed().length);
    for (Closeable closeable : List.of(in, out, directory, claim)) {
      closeable.close();
      closeable.close();
    }
    assertEquals(0, store.openHandles());
    store.assertAllClosed();
    store.claim(spec).close();
  }

  @Test
  void theDiskIsFullAfterTheGivenBytes() throws IOException {
    store.faults().diskFullAfter(15);
    try (LayerDirectory directory = store.open(root)) {
      assertEquals(15, directory.freeSpace());
      try (OutputStream out = directory.createFile(A)) {
        out.write(new byte[10]);
        FileSystemException full =
            assertThrows(FileSystemException.class, () -> out.write(new byte[10]));
        assertEquals("no space left on device", full.getReason());
      }
      assertEquals(15, Files.size(root.resolve("a")));
      directory.createFile(B).close();
      assertThrows(FileSystemException.class, () -> directory.copyData(A, directory, B));
      assertEquals(0, Files.size(root.resolve("b")));
      store.faults().diskFullAfter(15);
      directory.copyData(A, directory, B);
      assertEquals(0, directory.freeSpace());
    }
  }

  @Test
  void theRecordingContainsReads() throws IOException {
    store.faults().startRecording();
    try (LayerDirectory directory = store.open(root)) {
      directory.createFile(A).close();
      directory.stat(A);
      directory.rename(A, directory, B);
      try (InputStream in = directory.readFile(B)) {
        assertEquals(-1, in.read());
      }
      assertThrows(IOException.class, () -> directory.remove(A));
    }
    assertEquals(
        "[OPEN /, CREATE_FILE //a, STAT //a, RENAME //a -> //b, OPEN //b, READ //b, REMOVE //a]",
        store.faults().recordedOperations().toString());
  }

  @Test
  void theNthOperationOfAKindFails() throws IOException {
    Files.writeString(root.resolve("a"), "a");
    store.faults().failAt(FileOperation.READ, 2, FaultKind.INPUT_OUTPUT);
    try (LayerDirectory directory = store.open(root);
        InputStream in = directory.readFile(A)) {
      assertEquals('a', in.read());
      FileSystemException broken = assertThrows(FileSystemException.class, in::read);
      assertEquals("input/output error", broken.getReason());
      assertEquals(-1, in.read());
    }
    store.setHook(
        new FaultyLayerStore.OperationHook() {
          @Override
          public void beforeReading(FileOperation operation, String path) throws IOException {
            throw new IOException(operation + " " + path);
          }
        });
    assertThrows(IOException.class, () -> store.open(root));
    store.assertAllClosed();
  }

  @Test
  void otherOperationsGoOnDuringADelay() throws Exception {
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    store
        .faults()
        .setDelay(
            (operation, path) -> {
              if (path.endsWith("/a")) {
                waiting.countDown();
                awaitLatch(slow);
              }
            });
    try (LayerDirectory directory = store.open(root)) {
      Thread thread = new Thread(() -> assertDoesNotThrow(() -> directory.createDirectory(A)));
      thread.start();
      awaitLatch(waiting);
      directory.createDirectory(B);
      assertFalse(Files.exists(root.resolve("a")));
      slow.countDown();
      thread.join();
      assertTrue(Files.exists(root.resolve("a")));
    }
  }

  private static void awaitLatch(CountDownLatch latch) throws IOException {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  @Test
  void whereAHandleWasOpenedIsTold() throws IOException {
    LayerDirectory directory = store.open(root);
    AssertionError error = assertThrows(AssertionError.class, store::assertAllClosed);
    StackTraceElement[] place = error.getSuppressed()[0].getStackTrace();
    assertTrue(
        Arrays.stream(place)
            .anyMatch(e -> e.getMethodName().equals("whereAHandleWasOpenedIsTold")));
    directory.close();
  }

  @Test
  void listingsAreShuffledBySeed() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.createFile(root.resolve("f" + i));
    }
    List<Name> first = listShuffled(1);
    assertEquals(first, listShuffled(1));
    assertNotEquals(first, listShuffled(2));
    assertEquals(21, first.size());
  }

  private List<Name> listShuffled(long seed) throws IOException {
    List<Name> names = new ArrayList<>();
    try (LayerDirectory directory = store.shuffleListings(seed).open(root)) {
      EntryCursor cursor = directory.entries();
      for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
        names.add(entry.name());
      }
    }
    return names;
  }
}
