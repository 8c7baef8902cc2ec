package dev.overlays.merge.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A random tree of steps, of which each has its inner steps as tasks, as the engines do. */
final class StepTree {
  final AtomicInteger begun = new AtomicInteger();
  final AtomicInteger open = new AtomicInteger();
  final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private final WorkerPool workers;
  private final List<NodeStep> all = new ArrayList<>();
  private IOException failure;
  private int failing = -1;

  StepTree(WorkerPool workers, Random random, int size) {
    this.workers = workers;
    all.add(new NodeStep(0));
    while (all.size() < size) {
      NodeStep child = new NodeStep(all.size());
      all.get(random.nextInt(all.size())).children.add(child);
      all.add(child);
    }
  }

  TreeWalk.WalkStep root() {
    return all.get(0);
  }

  /** Makes one step fail when all steps in it are done. */
  StepTree failAt(int number, IOException e) {
    failing = number;
    failure = e;
    return this;
  }

  /** Checks that every step ran, and was closed, exactly once. */
  void assertDone() {
    assertEquals(all.size(), begun.get(), "steps begun");
    assertEquals(0, open.get(), "steps open");
    for (NodeStep step : all) {
      assertEquals(1, step.closed.get(), () -> "step " + step.number);
    }
  }

  /** Checks that every step that was begun is closed, exactly once. */
  void assertClosed() {
    assertEquals(0, open.get(), "steps open");
    int closed = all.stream().mapToInt(step -> step.closed.get()).sum();
    assertEquals(begun.get(), closed);
    assertTrue(all.stream().allMatch(step -> step.closed.get() <= 1));
  }

  private final class NodeStep implements TreeWalk.WalkStep {
    private final int number;
    private final List<NodeStep> children = new ArrayList<>();
    private final DirectoryTasks joins = new DirectoryTasks(workers);
    private final AtomicInteger closed = new AtomicInteger();
    private int next;
    private boolean listed;

    NodeStep(int number) {
      this.number = number;
    }

    private TreeWalk.WalkStep begin() {
      return this;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      threads.add(Thread.currentThread());
      if (next == 0 && !listed) {
        begun.incrementAndGet();
        open.incrementAndGet();
      }
      while (next < children.size()) {
        NodeStep child = children.get(next++);
        TreeWalk.WalkStep step =
            joins.beginOrDefer(
                new LayerEntry(Name.of("n" + child.number), EntryType.DIRECTORY, child.number),
                child::begin);
        if (step != null) {
          return step;
        }
      }
      if (!listed) {
        listed = true;
        return joins;
      }
      for (NodeStep child : children) {
        assertEquals(1, child.closed.get(), "inner steps come first");
      }
      if (number == failing) {
        throw failure;
      }
      return null;
    }

    @Override
    public void close() {
      open.decrementAndGet();
      closed.incrementAndGet();
    }
  }
}
