package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayDiff;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * What the library makes of layers with every mark in every place, against what the kernel shows of
 * them. {@code -Doverlays.seeds=} says how many; {@code -Doverlays.firstSeed=} with which it
 * begins.
 */
class MarksKernelTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 300);
  private static final int FIRST = Integer.getInteger("overlays.firstSeed", 0);
  private static final int MOST_FAILURES = 10;

  /** They stay, with attributes that protect some, until the disk goes. */
  private static final int BATCH = 100;

  /** What makes a name one that cannot be looked up. */
  private static final Set<ProblemCode> REFUSALS =
      EnumSet.of(
          ProblemCode.MARK_REFUSED,
          ProblemCode.LAYER_OF_OTHER_OPTIONS,
          ProblemCode.REDIRECT_REPEATED,
          ProblemCode.METACOPY_DATA_MISSING);

  @Test
  void theLibraryReadsWhatTheKernelShows() throws IOException {
    List<String> failures = new ArrayList<>();
    try (Sandbox sandbox = Sandbox.asRoot()) {
      for (long seed = FIRST; seed < FIRST + SEEDS; seed += BATCH) {
        Path disk = sandbox.directory("disk" + seed);
        Sandbox.run("mount", "-t", "tmpfs", "tmpfs", disk.toString());
        batch(disk, seed, Math.min(seed + BATCH, FIRST + SEEDS), failures);
        // Whoever looks through the mounts of the machine may be in one for a moment.
        Sandbox.run("umount", "-l", disk.toString());
      }
    }
    assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
  }

  private static void batch(Path disk, long first, long end, List<String> failures) {
    for (long seed = first; seed < end && failures.size() < MOST_FAILURES; seed++) {
      try {
        Path root = Files.createDirectory(disk.resolve("seed" + seed));
        check(RandomMarkedLayers.make(root, seed), seed);
      } catch (AssertionError | IOException e) {
        failures.add("seed " + seed + ": " + e);
      }
    }
  }

  private static void check(OverlaySpec spec, long seed) throws IOException {
    SortedMap<String, String> shown = shown(spec);
    List<Problem> problems = OverlayCheck.of(spec).run();
    boolean refuses = problems.stream().anyMatch(p -> REFUSALS.contains(p.code()));
    String what = describe(spec, shown, problems);
    if (shown.containsValue(ShownTree.REFUSED)) {
      assertTrue(refuses, () -> "refused, and the check finds nothing: " + what);
    }
    SortedMap<String, String> read = outside(ShownTree.ofLayers(spec), shown);
    if (isOfOthers(problems)) {
      // The library reads what the spec should say, which shows more.
      read.keySet().retainAll(shown.keySet());
    }
    assertEquals(outside(shown, shown).toString(), read.toString(), what);
    if (!isOfOthers(problems)) {
      checkGhosts(shown, problems, what);
    }
    if (!refuses) {
      change(spec, seed, shown, what);
    }
  }

  private static boolean isOfOthers(List<Problem> problems) {
    return problems.stream().anyMatch(p -> p.code() == ProblemCode.LAYER_OF_OTHER_OPTIONS);
  }

  private static String describe(
      OverlaySpec spec, SortedMap<String, String> shown, List<Problem> problems) {
    List<String> told = new ArrayList<>();
    for (Problem problem : problems) {
      Path path = problem.path().orElseThrow();
      Path root = spec.lowers().get(0).getParent();
      told.add(problem.code() + " " + (path.startsWith(root) ? root.relativize(path) : path));
    }
    return shown + " " + told + " " + spec.options();
  }

  private static SortedMap<String, String> shown(OverlaySpec spec) throws IOException {
    OverlayMount mount = Overlays.mount(spec);
    try {
      return ShownTree.ofMounted(mount.root());
    } finally {
      mount.close(UnmountOptions.waitingUpTo(Duration.ofMinutes(1)));
    }
  }

  /** The paths that are not refused or in what is, and that are not only listed. */
  private static SortedMap<String, String> outside(
      SortedMap<String, String> tree, SortedMap<String, String> kernel) {
    SortedMap<String, String> left = new TreeMap<>(tree);
    left.values().removeIf(ShownTree.GHOST::equals);
    kernel.forEach(
        (path, text) -> {
          if (text.equals(ShownTree.REFUSED)) {
            String inside = path.endsWith("*") ? path.replace("*", "") : path + "/";
            left.keySet().removeIf(p -> p.equals(path) || p.startsWith(inside));
          }
        });
    return left;
  }

  private static void checkGhosts(
      SortedMap<String, String> shown, List<Problem> problems, String what) {
    long told =
        problems.stream()
            .filter(
                p ->
                    p.code() == ProblemCode.WHITEOUT_ORPHAN
                        || p.code() == ProblemCode.WHITEOUT_LISTED)
            .count();
    long ghosts = shown.values().stream().filter(ShownTree.GHOST::equals).count();
    assertTrue(ghosts == 0 || told > 0, () -> "the check does not tell of " + what);
  }

  private static void change(
      OverlaySpec spec, long seed, SortedMap<String, String> shown, String what)
      throws IOException {
    SortedMap<String, String> before = outside(shown, shown);
    try {
      if (spec.upper().isPresent()) {
        OverlayDiff.of(spec).forEach(change -> {});
      }
      if (seed % 3 == 0 && spec.upper().isPresent()) {
        OverlayMerge.of(spec).run();
      } else if (seed % 3 == 1 && spec.lowers().size() > 2) {
        OverlaySquash.of(spec).layers(spec.lowers().get(0), spec.lowers().get(1)).run();
      } else {
        OverlayCheck.of(spec).repair();
        SortedMap<String, String> after = shown(spec);
        assertEquals(before.toString(), after.toString(), () -> "after the repair " + what);
      }
    } catch (OverlayException e) {
      // A redirect that leads nowhere may be taken for one of two.
      boolean unclear = e.has(ProblemCode.REDIRECT_REPEATED) && what.contains("DANGLING");
      assertTrue(unclear, () -> "refused: " + e.getMessage() + what);
    }
    SortedMap<String, String> after = shown(spec);
    SortedMap<String, String> rest = outside(after, after);
    assertEquals(before.toString(), rest.toString(), () -> "after the run " + what);
    after.keySet().removeAll(rest.keySet());
    after.keySet().removeAll(shown.keySet());
    // What hides nothing in a lower may be listed when nothing is merged with its directory any
    // more.
    after.keySet().removeIf(path -> what.contains("WHITEOUT_ORPHAN lower"));
    assertTrue(after.isEmpty(), () -> "made by the run: " + after + what);
  }
}
