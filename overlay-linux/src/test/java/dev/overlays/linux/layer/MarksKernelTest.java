package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.RedirectDir;
import dev.overlays.linux.Sandbox;
import dev.overlays.merge.OverlayCheck;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlaySquash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What the library makes of layers with every mark in every place, against what the kernel shows of
 * them. {@code -Doverlays.seeds=} says how many; {@code -Doverlays.firstSeed=} with which it
 * begins.
 */
class MarksKernelTest {
  private static final int SEEDS = Integer.getInteger("overlays.seeds", 300);
  private static final int FIRST = Integer.getInteger("overlays.firstSeed", 0);
  private static final int MOST_FAILURES = 3;

  /** They stay, with attributes that protect some, until the disk goes. */
  private static final int BATCH = 100;

  /** What makes a name one that cannot be looked up. */
  private static final Set<ProblemCode> REFUSALS =
      EnumSet.of(
          ProblemCode.MARK_REFUSED,
          ProblemCode.LAYER_OF_OTHER_OPTIONS,
          ProblemCode.REDIRECT_REPEATED,
          ProblemCode.METACOPY_DATA_MISSING);

  /** Mostly it waits for the kernel, which takes its time to unmount: so some go side by side. */
  @Test
  void theLibraryReadsWhatTheKernelShows() throws IOException {
    try (Sandbox sandbox = Sandbox.asRoot()) {
      List<String> failures =
          IntStream.range(0, (SEEDS + BATCH - 1) / BATCH)
              .parallel()
              .mapToObj(batch -> failures(sandbox, FIRST + (long) batch * BATCH))
              .flatMap(List::stream)
              .toList();
      assertTrue(failures.isEmpty(), () -> String.join("\n", failures));
    }
  }

  private static List<String> failures(Sandbox sandbox, long seed) {
    List<String> failures = new ArrayList<>();
    try {
      Path disk;
      synchronized (sandbox) {
        disk = disk(sandbox, seed);
      }
      batch(disk, seed, Math.min(seed + BATCH, (long) FIRST + SEEDS), failures);
      synchronized (sandbox) {
        sandbox.unmount(disk);
      }
      Files.deleteIfExists(disk.resolveSibling(disk.getFileName() + ".img"));
    } catch (IOException e) {
      failures.add("from seed " + seed + ": " + e);
    }
    return failures;
  }

  /** Every third one is of ext4. */
  private static Path disk(Sandbox sandbox, long seed) throws IOException {
    String name = "disk" + seed;
    return seed / BATCH % 3 == 2 ? sandbox.mountImage(name, "ext4", 64) : sandbox.mountTmpfs(name);
  }

  private static void batch(Path disk, long first, long end, List<String> failures) {
    for (long seed = first; seed < end && failures.size() < MOST_FAILURES; seed++) {
      try {
        Path root = Files.createDirectory(disk.resolve("seed" + seed));
        check(RandomMarkedLayers.make(root, seed), seed);
      } catch (AssertionError | IOException | RuntimeException e) {
        failures.add("seed " + seed + ": " + e);
      }
    }
  }

  private static void check(OverlaySpec spec, long seed) throws IOException {
    KernelShows kernel = KernelShows.of(spec);
    SortedMap<String, String> shown = kernel.tree();
    List<Problem> problems = OverlayCheck.of(spec).run();
    boolean refuses = problems.stream().anyMatch(p -> REFUSALS.contains(p.code()));
    String what = describe(spec, shown, problems);
    if (shown.containsValue(ShownTree.REFUSED)) {
      assertTrue(refuses, () -> "refused, and the check finds nothing: " + what);
    }
    checkRefusals(spec, shown, named(spec, problems, REFUSALS), what);
    SortedMap<String, String> read = outside(ShownTree.ofLayers(spec), shown);
    Set<String> others = named(spec, problems, EnumSet.of(ProblemCode.LAYER_OF_OTHER_OPTIONS));
    // The library follows what the spec should say, so that it sees more in these directories.
    read.keySet()
        .removeIf(
            path ->
                !shown.containsKey(path)
                    && others.stream().anyMatch(other -> path.startsWith(other + "/")));
    SortedMap<String, String> taken = outside(shown, shown);
    if (!spec.dataLowers().isEmpty() && has(problems, ProblemCode.MARK_REFUSED)) {
      // A redirect such as "/./a" is refused in the layers that show names, and taken for data.
      taken.keySet().removeIf(path -> ShownTree.UNREADABLE.equals(read.get(path)));
      read.values().removeIf(ShownTree.UNREADABLE::equals);
    }
    assertEquals(taken.toString(), read.toString(), what);
    if (!isOfOthers(problems)) {
      checkGhosts(shown, problems, what);
    }
    // Names of one source may share an inode in the kernel: then the attributes of either are
    // shown.
    if (!isOfOthers(problems) && !has(problems, ProblemCode.REDIRECT_REPEATED)) {
      kernel.compare(spec, refused(problems), what);
    }
    if (!refuses) {
      change(spec, seed, kernel, what);
    }
  }

  /** The paths in their layers that problems are told of. */
  private static Set<String> named(
      OverlaySpec spec, List<Problem> problems, Set<ProblemCode> codes) {
    Set<String> named = new TreeSet<>();
    for (Problem problem : problems) {
      if (codes.contains(problem.code())) {
        Path inside = spec.lowers().get(0).getParent().relativize(problem.path().orElseThrow());
        named.add(inside.subpath(1, inside.getNameCount()).toString());
      }
    }
    return named;
  }

  private static Set<Path> refused(List<Problem> problems) {
    return problems.stream()
        .filter(problem -> problem.code() == ProblemCode.MARK_REFUSED)
        .map(problem -> problem.path().orElseThrow())
        .collect(Collectors.toSet());
  }

  /** Where no redirect is followed, everything is at its own path in the layers. */
  private static void checkRefusals(
      OverlaySpec spec, SortedMap<String, String> shown, Set<String> named, String what) {
    if (spec.options().redirectDir() == RedirectDir.NOFOLLOW) {
      shown.forEach(
          (path, text) ->
              assertTrue(
                  !text.equals(ShownTree.REFUSED)
                      || named.contains(path)
                      || (path.endsWith("*") && named.stream().anyMatch(name -> isIn(name, path))),
                  () -> "the check does not name " + path + ": " + what));
    }
  }

  private static boolean isIn(String name, String listing) {
    return name.substring(0, name.lastIndexOf('/') + 1).equals(listing.replace("*", ""));
  }

  private static boolean isOfOthers(List<Problem> problems) {
    return has(problems, ProblemCode.LAYER_OF_OTHER_OPTIONS);
  }

  private static boolean has(List<Problem> problems, ProblemCode code) {
    return problems.stream().anyMatch(problem -> problem.code() == code);
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

  /** The paths that are not refused or in what is, and that are not only listed. */
  private static SortedMap<String, String> outside(
      SortedMap<String, String> tree, SortedMap<String, String> kernel) {
    SortedMap<String, String> left = new TreeMap<>(tree);
    left.values().removeIf(ShownTree.GHOST::equals);
    left.keySet().removeIf(path -> ShownTree.isRefused(kernel, path));
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

  private static void rewrite(OverlaySpec spec, long seed) throws IOException {
    if (seed % 3 == 0 && spec.upper().isPresent()) {
      whenUnused(() -> OverlayMerge.of(spec).run());
    } else if (seed % 3 == 1 && spec.lowers().size() > 2) {
      whenUnused(
          () -> OverlaySquash.of(spec).layers(spec.lowers().get(0), spec.lowers().get(1)).run());
    } else {
      whenUnused(() -> OverlayCheck.of(spec).repair());
    }
  }

  /** Whoever else tests on this machine may have a view whose layers cannot be told for a while. */
  private static void whenUnused(RefusableRun run) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (true) {
      try {
        run.run();
        return;
      } catch (OverlayException e) {
        if (!e.has(ProblemCode.LAYER_IN_USE) || System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }

  /** What is refused before anything is changed. */
  @FunctionalInterface
  private interface RefusableRun {
    void run() throws IOException;
  }

  private static void change(OverlaySpec spec, long seed, KernelShows before, String what)
      throws IOException {
    try {
      rewrite(spec, seed);
    } catch (OverlayException e) {
      // A redirect that leads nowhere may be taken for one of two.
      boolean unclear = e.has(ProblemCode.REDIRECT_REPEATED) && what.contains("DANGLING");
      assertTrue(unclear, () -> "refused: " + e.getMessage() + what);
    }
    KernelShows after = KernelShows.of(spec);
    before.assertSame(after, () -> "after the run " + what);
    Set<String> made = new TreeSet<>(after.tree().keySet());
    made.removeAll(before.tree().keySet());
    // What hides nothing in a lower may be listed when nothing is merged with its directory any
    // more, and what is listed there when nothing of the upper hides it.
    made.removeIf(
        path -> what.contains("WHITEOUT_ORPHAN lower") || isNamed(what, "WHITEOUT_LISTED", path));
    assertTrue(made.isEmpty(), () -> "made by the run: " + made + what);
  }

  private static boolean isNamed(String what, String code, String path) {
    return Pattern.compile(code + " lower\\d/" + Pattern.quote(path) + "[,\\]]")
        .matcher(what)
        .find();
  }
}
