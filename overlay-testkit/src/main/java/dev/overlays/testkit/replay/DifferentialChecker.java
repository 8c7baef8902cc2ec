package dev.overlays.testkit.replay;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Compares two sides: the same layers, the same operations, and at the end each side opens the
 * upper of the other. Immutable.
 *
 * <p>The results of every operation must be equal. Every few operations, everything that the views
 * show must be equal: names, kinds, contents, modes, owners, times that were not set by the clock,
 * user-defined attributes, targets of links, and which names are one file. When the views are
 * closed, each side opens the layers of the other; then both are merged, if {@linkplain #withMerge
 * a merge} is given.
 *
 * <pre>{@code
 * ReplaySide kernel = new MountedSide("kernel", tmpfs, store, KnownDifference.ofKernel());
 * Differential kernelAndMine = Differential.between(kernel, mine);
 * for (long seed = 0; seed < 300; seed++) {
 *   kernelAndMine.check(seed, 200);
 * }
 * }</pre>
 */
public final class DifferentialChecker {
  private final SidePair pair;
  private final int viewsEvery;

  private DifferentialChecker(SidePair pair, int viewsEvery) {
    this.pair = pair;
    this.viewsEvery = viewsEvery;
  }

  /**
   * Compares two sides. Redirects are not followed, followed, written, or written together with
   * metacopies in layers of every format, each for a quarter of the seeds. The views are compared
   * after every 50th operation.
   *
   * @param first the reference side
   * @param second the other side
   * @return a checker
   */
  public static DifferentialChecker between(ComparedSide first, ComparedSide second) {
    return new DifferentialChecker(
        new SidePair(first, second, DifferentialChecker::usualOptions), 50);
  }

  static OverlayOptions usualOptions(long seed) {
    OverlayOptions redirects = OverlayOptions.defaults().withRedirectDir(RedirectDir.ON);
    return switch ((int) Math.floorMod(seed, 4L)) {
      case 1 -> redirects;
      case 2 -> redirects.withRedirectDir(RedirectDir.FOLLOW);
      case 3 -> redirects.withMetacopy(true);
      default -> OverlayOptions.defaults();
    };
  }

  /**
   * Returns a checker with other options.
   *
   * @param newOptions the options for each seed; with {@code metacopy}, layers of every format are
   *     made
   * @return another harness
   */
  public DifferentialChecker withOptions(LongFunction<OverlayOptions> newOptions) {
    return new DifferentialChecker(
        new SidePair(pair.first(), pair.second(), newOptions, pair.merge()), viewsEvery);
  }

  /**
   * Returns a checker that also merges the layers of both sides at the end, and compares what the
   * merged lowers show.
   *
   * @param merge the merge to run
   * @return another harness
   */
  public DifferentialChecker withMerge(LayerMerge merge) {
    return new DifferentialChecker(
        new SidePair(pair.first(), pair.second(), pair.options(), Optional.of(merge)), viewsEvery);
  }

  /**
   * Returns a checker that compares views after another number of operations.
   *
   * @param operations the number of operations between two comparisons; 1 is strict
   * @return another harness
   */
  public DifferentialChecker comparingViewsEvery(int operations) {
    return new DifferentialChecker(pair, operations);
  }

  /**
   * Performs random operations, and fails if the sides differ.
   *
   * @param seed what decides everything
   * @param operations how many
   * @throws AssertionError with the shrunk {@link FoundDifference} as its message
   */
  public void check(long seed, int operations) {
    throwIfFound(findDifference(seed, operations));
  }

  /**
   * Performs the given operations, compares the views after each, and fails if the sides differ.
   *
   * @param replay the layers and operations
   * @throws AssertionError with the {@link FoundDifference} as its message
   */
  public void check(Replay replay) {
    throwIfFound(
        pair.run(replay)
            .failure()
            .map(failure -> ReplayShrinker.describeFailure(pair, replay, failure)));
  }

  private static void throwIfFound(Optional<FoundDifference> difference) {
    if (difference.isPresent()) {
      throw new AssertionError(difference.get().toString());
    }
  }

  /**
   * Performs random operations, and searches for the shortest replay that shows the first
   * difference.
   *
   * @param seed what decides everything
   * @param operations how many
   * @return the first difference, shrunk; empty if there is none
   */
  public Optional<FoundDifference> findDifference(long seed, int operations) {
    SidePair.ReplayResult result =
        pair.run(new Replay(seed), viewsEvery, base -> RandomSteps.listOf(seed, base, operations));
    return result
        .failure()
        .map(failure -> ReplayShrinker.shrinkFailure(pair, result.replay(), failure));
  }
}
