package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.Name;
import dev.overlays.merge.report.MergeAction;
import dev.overlays.merge.report.MergeProgress;
import dev.overlays.merge.report.MergeReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MergeTallyTest {
  private static final Name FILE = Name.of("file");
  private static final TreePlace PLACE = TreePlace.ROOT.resolveChild(Name.of("dir"));

  private static EntryStat statOf(EntryType type, long size, long allocated, long links) {
    Instant time = Instant.EPOCH;
    return new EntryStat(
        type, 0644, 0, 0, size, allocated, links, 1, 2, 0, 0, time, time, false, false);
  }

  private static EntryStat fileOf(long size) {
    return statOf(EntryType.FILE, size, 0, 1);
  }

  @Test
  void reportHasTheCountsOfTheActionsThatHappened() {
    MergeTally tally = new MergeTally(null, null);
    tally.countAction(MergeAction.DELETED, PLACE, FILE);
    tally.countAction(MergeAction.DELETED, PLACE, FILE);
    tally.countKept(PLACE, FILE);
    tally.countWhiteout();
    MergeReport report = tally.createReport(true);
    assertEquals(Map.of(MergeAction.DELETED, 2L, MergeAction.KEPT, 1L), report.counts());
    assertTrue(report.dryRun());
    assertFalse(report.duration().isNegative());
  }

  @Test
  void sizesOfFilesCountOnlyIfSomebodyWantsThem() {
    MergeTally silent = new MergeTally(null, null);
    silent.countMoved(MergeAction.ADDED, PLACE, FILE, fileOf(10));
    assertFalse(silent.wantsSizes(), "each file would need a stat");
    assertEquals(0, silent.createReport(false).bytesMoved());
    MergeTally asked = new MergeTally(null, null);
    asked.requestSizes();
    assertTrue(new MergeTally((action, path, bytes) -> {}, null).wantsSizes());
    assertTrue(new MergeTally(null, progress -> {}).wantsSizes());
    asked.countMoved(MergeAction.ADDED, PLACE, FILE, fileOf(10));
    asked.countMoved(MergeAction.REPLACED, PLACE, FILE, fileOf(5));
    asked.countMoved(MergeAction.ADDED, PLACE, FILE, statOf(EntryType.SYMLINK, 7, 0, 1));
    assertEquals(15, asked.createReport(false).bytesMoved());
  }

  @Test
  void freedSpaceIsThatOfBlocksOrElseOfTheData() {
    MergeTally tally = new MergeTally(null, null);
    tally.countFreed(statOf(EntryType.FILE, 100, 4096, 1));
    tally.countFreed(statOf(EntryType.FILE, 100, 0, 1));
    tally.countFreed(statOf(EntryType.FILE, 100, 4096, 2));
    assertEquals(4196, tally.createReport(true).bytesFreed(), "another name keeps the blocks");
  }

  @Test
  void listenerHearsThePathAndTheSizeOfEachEntry() {
    List<String> heard = new ArrayList<>();
    MergeTally tally =
        new MergeTally((action, path, bytes) -> heard.add(action + " " + path + " " + bytes), null);
    tally.countMoved(MergeAction.ADDED, PLACE, FILE, fileOf(3));
    tally.countAction(MergeAction.DELETED, TreePlace.ROOT, FILE);
    tally.countAction(MergeAction.UPDATED, TreePlace.ROOT, Name.SELF);
    tally.countKept(PLACE, Name.SELF);
    tally.countWhiteout();
    assertEquals(List.of("ADDED dir/file 3", "DELETED file 0", "UPDATED . 0", "KEPT dir 0"), heard);
  }

  /** The clock is read for every 64th entry, and a report is due every 100 ms. */
  @Test
  void progressCountsEntriesOfTheUpperAndComesAtTheEnd() {
    List<MergeProgress> told = new ArrayList<>();
    MergeTally tally = new MergeTally(null, told::add);
    tally.expectEntries(7);
    for (int i = 0; i < 3; i++) {
      tally.countMoved(MergeAction.ADDED, PLACE, FILE, fileOf(2));
      tally.countAction(MergeAction.DELETED, PLACE, FILE);
      tally.countWhiteout();
    }
    assertEquals(List.of(), told, "too early");
    tally.createReport(false);
    MergeProgress last = told.get(told.size() - 1);
    assertEquals(6, last.entries(), "what is deleted from the lower is no entry of the upper");
    assertEquals(7, last.totalEntries());
    assertEquals(6, last.bytesMoved());
    assertTrue(last.elapsed().compareTo(Duration.ZERO) > 0);
  }

  @Test
  void totalGrowsWithEntriesThatWereNotExpected() {
    List<MergeProgress> told = new ArrayList<>();
    MergeTally tally = new MergeTally(null, told::add);
    tally.expectEntries(1);
    tally.countWhiteout();
    tally.countWhiteout();
    tally.createReport(false);
    assertEquals(2, told.get(0).totalEntries());
    assertEquals(Duration.ZERO, told.get(0).remaining());
  }

  /** Four threads count as the workers of a merge do. */
  @Test
  void workersCountEverythingAndCallTheListenerOneAtATime() throws InterruptedException {
    long seed = new Random().nextLong();
    int each = 2_000;
    AtomicBoolean inListener = new AtomicBoolean();
    Map<MergeAction, Long> heard = new EnumMap<>(MergeAction.class);
    MergeTally tally =
        new MergeTally(
            (action, path, bytes) -> {
              assertTrue(inListener.compareAndSet(false, true), "two at a time");
              heard.merge(action, 1L, Long::sum);
              inListener.set(false);
            },
            null);
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(i -> new Thread(() -> countRandomly(tally, seed + i, each, start)))
            .toList();
    threads.forEach(Thread::start);
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    MergeReport report = tally.createReport(false);
    assertEquals(heard, report.counts(), () -> "seed " + seed);
    assertEquals(4L * each, report.counts().values().stream().mapToLong(Long::longValue).sum());
  }

  private static void countRandomly(MergeTally tally, long seed, int count, CountDownLatch start) {
    Random random = new Random(seed);
    MergeAction[] actions = MergeAction.values();
    try {
      start.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    for (int i = 0; i < count; i++) {
      tally.countAction(actions[random.nextInt(actions.length)], PLACE, FILE);
    }
  }
}
