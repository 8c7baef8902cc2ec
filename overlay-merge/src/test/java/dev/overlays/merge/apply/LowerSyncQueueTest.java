package dev.overlays.merge.apply;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.merge.AlteredStore;
import dev.overlays.merge.HandMadeLayers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LowerSyncQueueTest {
  private static final int MOST = LowerSyncQueue.MOST_WAITING;

  private final List<String> events = new ArrayList<>();
  private final LayerDirectory lower;

  LowerSyncQueueTest() throws IOException {
    lower =
        new AlteredStore(HandMadeLayers.STORE, this::recordSync)
            .open(new HandMadeLayers().pathOf("lower"));
  }

  private Object recordSync(
      LayerDirectory directory, String method, Object[] arguments, AlteredStore.OriginalCall call)
      throws IOException {
    if (method.equals("syncFileSystem")) {
      events.add("sync");
    }
    return call.make();
  }

  @AfterEach
  void closeLower() throws IOException {
    lower.close();
  }

  /** A change that says what happens to it. */
  private final class NumberedChange implements LowerSyncQueue.UpperChange {
    private final int number;
    private final IOException failure;

    NumberedChange(int number, IOException failure) {
      this.number = number;
      this.failure = failure;
    }

    @Override
    public void changeUpper() throws IOException {
      events.add("change " + number);
      if (failure != null) {
        throw failure;
      }
    }

    @Override
    public void close() {
      events.add("close " + number);
    }
  }

  private static List<String> doneOf(int first, int end) {
    return IntStream.range(first, end)
        .boxed()
        .flatMap(i -> List.of("change " + i, "close " + i).stream())
        .toList();
  }

  @Test
  void oneSyncIsEnoughForManyChangesAndTheirOrderStays() throws IOException {
    try (LowerSyncQueue queue = new LowerSyncQueue(lower)) {
      for (int i = 0; i < MOST + 3; i++) {
        assertEquals(i < MOST ? List.of() : expectedStart(), events);
        queue.addChange(new NumberedChange(i, null));
      }
      queue.syncAndChange();
    }
    List<String> expected = new ArrayList<>(expectedStart());
    expected.add("sync");
    expected.addAll(doneOf(MOST, MOST + 3));
    assertEquals(expected, events);
  }

  private static List<String> expectedStart() {
    List<String> expected = new ArrayList<>(List.of("sync"));
    expected.addAll(doneOf(0, MOST));
    return expected;
  }

  /** What is added while the lower is synced may rely on what was written after the sync. */
  @Test
  void changeThatAChangeAddsWaitsForTheNextSync() throws IOException {
    try (LowerSyncQueue queue = new LowerSyncQueue(lower)) {
      queue.addChange(() -> queue.addChange(new NumberedChange(1, null)));
      queue.syncAndChange();
      assertEquals(List.of("sync"), events);
      queue.syncAndChange();
    }
    assertEquals(List.of("sync", "sync", "change 1", "close 1"), events);
  }

  @Test
  void changesAfterAFailedOneAreClosedAndNotMade() throws IOException {
    IOException failure = new IOException("no");
    try (LowerSyncQueue queue = new LowerSyncQueue(lower)) {
      queue.addChange(new NumberedChange(0, failure));
      queue.addChange(new NumberedChange(1, null));
      assertSame(failure, assertThrows(IOException.class, queue::syncAndChange));
    }
    assertEquals(List.of("sync", "change 0", "close 0", "close 1"), events);
  }
}
