package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DirectoryTasksTest {
  /** As many tasks wait before the directory runs them. */
  private static final int MOST_WAITING = 512;

  private final WorkerPool two = new WorkerPool(2);
  private final List<Long> begun = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void closePool() {
    two.close();
  }

  private static LayerEntry entry(long inode) {
    return new LayerEntry(Name.of("d" + inode), EntryType.DIRECTORY, inode);
  }

  private static List<Long> shuffledInodes(int count) {
    List<Long> inodes = new ArrayList<>();
    for (long i = 1; i <= count; i++) {
      inodes.add(i);
    }
    Collections.shuffle(inodes, new Random(3));
    return inodes;
  }

  private DirectoryTasks.DirectoryTask taskOf(long inode) {
    return () -> {
      begun.add(inode);
      return null;
    };
  }

  @Test
  void singleWorkerBeginsEachTaskAtOnceInTheOrderOfTheListing() throws IOException {
    try (WorkerPool one = new WorkerPool(1)) {
      DirectoryTasks tasks = new DirectoryTasks(one);
      TreeWalk.WalkStep step = new StepTree(one, new Random(1), 1).root();
      assertSame(step, tasks.beginOrDefer(entry(9), () -> step));
      List<Long> inodes = shuffledInodes(20);
      for (long inode : inodes) {
        assertNull(tasks.beginOrDefer(entry(inode), taskOf(inode)));
      }
      assertEquals(inodes, begun);
    }
  }

  @Test
  void fullListOfWaitingTasksRunsByInodeBeforeMoreAreListed() throws IOException {
    DirectoryTasks tasks = new DirectoryTasks(two);
    List<Long> inodes = shuffledInodes(MOST_WAITING);
    for (int i = 0; i < MOST_WAITING; i++) {
      TreeWalk.WalkStep step = tasks.beginOrDefer(entry(inodes.get(i)), taskOf(inodes.get(i)));
      assertSame(i == MOST_WAITING - 1 ? tasks : null, step, "at " + i);
    }
    assertEquals(List.of(), begun);
    assertNull(tasks.nextStep());
    assertEquals(inodes.stream().sorted().toList(), begun);
    assertNull(tasks.nextStep(), "nothing is left");
  }

  @Test
  void taskWithAStepRunsItBeforeTheNextTask() throws IOException {
    DirectoryTasks tasks = new DirectoryTasks(two);
    TreeWalk.WalkStep step = new StepTree(two, new Random(1), 1).root();
    tasks.beginOrDefer(entry(2), taskOf(2));
    tasks.beginOrDefer(entry(1), () -> step);
    assertSame(step, tasks.nextStep());
    assertEquals(List.of(), begun);
    assertNull(tasks.nextStep());
    assertEquals(List.of(2L), begun);
  }

  /** Each thread holds its first task until the other thread has one, so both take part. */
  @Test
  void twoWorkersTakeNeighboursFromBothEnds() throws IOException {
    List<Long> inodes = shuffledInodes(200);
    CountDownLatch both = new CountDownLatch(2);
    Map<ForkJoinWorkerThread, List<Long>> byThread = new ConcurrentHashMap<>();
    two.run(
        directoryOf(
            inodes,
            inode ->
                byThread
                    .computeIfAbsent(
                        (ForkJoinWorkerThread) Thread.currentThread(),
                        thread -> {
                          both.countDown();
                          return new ArrayList<>();
                        })
                    .add(inode),
            both));
    assertEquals(2, byThread.size());
    byThread.forEach(
        (thread, taken) -> {
          Comparator<Long> order = Comparator.naturalOrder();
          boolean fromFront = thread.getPoolIndex() % 2 == 0;
          assertEquals(taken.stream().sorted(fromFront ? order : order.reversed()).toList(), taken);
        });
    assertEquals(
        inodes.stream().sorted().toList(),
        byThread.values().stream().flatMap(List::stream).sorted().toList());
  }

  @FunctionalInterface
  private interface TaskRecorder {
    void recordTask(long inode);
  }

  private TreeWalk.WalkStep directoryOf(
      List<Long> inodes, TaskRecorder recorder, CountDownLatch both) {
    DirectoryTasks tasks = new DirectoryTasks(two);
    return new TreeWalk.WalkStep() {
      private boolean listed;

      @Override
      public TreeWalk.WalkStep nextStep() throws IOException {
        if (listed) {
          return null;
        }
        listed = true;
        for (long inode : inodes) {
          tasks.beginOrDefer(
              entry(inode),
              () -> {
                recorder.recordTask(inode);
                try {
                  both.await();
                } catch (InterruptedException e) {
                  throw new AssertionError(e);
                }
                return null;
              });
        }
        return tasks;
      }

      @Override
      public void close() {
        // It opens nothing.
      }
    };
  }

  @Test
  void outcomesOfAllTasksAreJoined() {
    for (String outcomes : List.of("", "g", "k", "gg", "gk", "kg", "kk", "gkg")) {
      DirectoryTasks tasks = new DirectoryTasks(two);
      Stream.of(outcomes.split(""))
          .filter(outcome -> !outcome.isEmpty())
          .forEach(
              outcome -> {
                if (outcome.equals("g")) {
                  tasks.recordOutcome(true);
                } else {
                  tasks.recordKept();
                }
              });
      assertEquals(outcomes.indexOf('k') < 0, tasks.allMerged(), outcomes);
      assertEquals(outcomes.indexOf('g') >= 0, tasks.anyMerged(), outcomes);
    }
  }
}
