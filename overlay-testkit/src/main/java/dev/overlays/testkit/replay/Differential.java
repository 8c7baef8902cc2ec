package dev.overlays.testkit.replay;

import dev.overlays.OverlayOptions;
import dev.overlays.RedirectDir;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Holds two sides to each other: the same layers, the same operations, and at the end each other's
 * uppers. Immutable.
 *
 * <p>After every operation the answers have to be the same, and after every so many of them all
 * that the views show: names, kinds, contents, modes, owners, times that were not set by the clock,
 * user-defined attributes, targets of links, and which names are one file. When the views are
 * closed, each side opens what the other has written; then both are merged, if there is {@linkplain
 * #mergedBy something that merges}.
 *
 * <pre>{@code
 * ReplaySide kernel = new MountedSide("kernel", tmpfs, store, KnownDifference.ofKernel());
 * Differential kernelAndMine = Differential.between(kernel, mine);
 * for (long seed = 0; seed < 300; seed++) {
 *   kernelAndMine.check(seed, 200);
 * }
 * }</pre>
 */
public final class Differential {
  private final SidePair pair;
  private final int viewsEvery;

  private Differential(SidePair pair, int viewsEvery) {
    this.pair = pair;
    this.viewsEvery = viewsEvery;
  }

  /**
   * Holds two sides to each other. On a quarter of the seeds each, redirects are not followed,
   * followed, written, and written together with metacopies, in layers of every format. All views
   * are compared after every 50th operation.
   *
   * @param first the side that is right in case of doubt
   * @param second the other side
   * @return the harness
   */
  public static Differential between(ReplaySide first, ReplaySide second) {
    return new Differential(new SidePair(first, second, Differential::usual), 50);
  }

  static OverlayOptions usual(long seed) {
    OverlayOptions redirects = OverlayOptions.defaults().withRedirectDir(RedirectDir.ON);
    return switch ((int) Math.floorMod(seed, 4L)) {
      case 1 -> redirects;
      case 2 -> redirects.withRedirectDir(RedirectDir.FOLLOW);
      case 3 -> redirects.withMetacopy(true);
      default -> OverlayOptions.defaults();
    };
  }

  /**
   * Returns the same with other options.
   *
   * @param newOptions the options for each seed; with {@code metacopy} the layers have every format
   * @return another harness
   */
  public Differential options(LongFunction<OverlayOptions> newOptions) {
    return new Differential(
        new SidePair(pair.first(), pair.second(), newOptions, pair.merge()), viewsEvery);
  }

  /**
   * Returns the same that also merges the layers of both sides at the end, and compares what the
   * merged lowers show.
   *
   * @param merge what merges
   * @return another harness
   */
  public Differential mergedBy(LayerMerge merge) {
    return new Differential(
        new SidePair(pair.first(), pair.second(), pair.options(), Optional.of(merge)), viewsEvery);
  }

  /**
   * Returns the same with other moments at which views are compared.
   *
   * @param operations after how many operations; 1 is strict
   * @return another harness
   */
  public Differential viewsEvery(int operations) {
    return new Differential(pair, operations);
  }

  /**
   * Does random operations, and fails if anything differs.
   *
   * @param seed what decides everything
   * @param operations how many
   * @throws AssertionError with the {@link Difference} as its text, shrunk
   */
  public void check(long seed, int operations) {
    report(find(seed, operations));
  }

  /**
   * Does given operations, compares the views after each, and fails if anything differs.
   *
   * @param replay layers and operations
   * @throws AssertionError with the {@link Difference} as its text
   */
  public void check(Replay replay) {
    report(pair.run(replay).failure().map(failure -> ShrunkReplay.told(pair, replay, failure)));
  }

  private static void report(Optional<Difference> difference) {
    if (difference.isPresent()) {
      throw new AssertionError(difference.get().toString());
    }
  }

  /**
   * Does random operations, and looks for the shortest replay that shows the same difference.
   *
   * @param seed what decides everything
   * @param operations how many
   * @return the first difference, shrunk; empty if there is none
   */
  public Optional<Difference> find(long seed, int operations) {
    SidePair.ReplayResult result =
        pair.run(new Replay(seed), viewsEvery, base -> RandomSteps.of(seed, base, operations));
    return result.failure().map(failure -> ShrunkReplay.of(pair, result.replay(), failure));
  }
}
