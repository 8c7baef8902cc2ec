package dev.overlays.merge.run;

import dev.overlays.merge.report.MergeListener;
import dev.overlays.merge.report.MergeProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The settings of a merge. Immutable.
 *
 * @param dryRun whether to change nothing
 * @param workers the number of threads
 * @param excluded patterns of paths that stay in the upper
 * @param only patterns of the paths that are merged; all if there is none
 * @param listener is called for each entry; may be null
 * @param progress receives the progress; may be null
 * @param cancelled returns whether to end
 * @param claim asks whether the layers are still claimed
 */
public record MergeSettings(
    boolean dryRun,
    int workers,
    List<String> excluded,
    List<String> only,
    MergeListener listener,
    Consumer<MergeProgress> progress,
    BooleanSupplier cancelled,
    ClaimCheck claim) {

  public static final MergeSettings DEFAULTS =
      new MergeSettings(false, 1, List.of(), List.of(), null, null, () -> false, ClaimCheck.NONE);

  public MergeSettings withDryRun(boolean value) {
    return new MergeSettings(value, workers, excluded, only, listener, progress, cancelled, claim);
  }

  public MergeSettings withWorkers(int value) {
    if (value < 1) {
      throw new IllegalArgumentException("workers: " + value);
    }
    return new MergeSettings(dryRun, value, excluded, only, listener, progress, cancelled, claim);
  }

  public MergeSettings withMoreExcluded(String... patterns) {
    List<String> all = addPatterns(excluded, patterns);
    return new MergeSettings(dryRun, workers, all, only, listener, progress, cancelled, claim);
  }

  public MergeSettings withMoreOnly(String... patterns) {
    List<String> all = addPatterns(only, patterns);
    return new MergeSettings(dryRun, workers, excluded, all, listener, progress, cancelled, claim);
  }

  private static List<String> addPatterns(List<String> old, String... patterns) {
    List<String> all = new ArrayList<>(old);
    all.addAll(List.of(patterns));
    return List.copyOf(all);
  }

  public MergeSettings withListener(MergeListener value) {
    return new MergeSettings(dryRun, workers, excluded, only, value, progress, cancelled, claim);
  }

  public MergeSettings withProgress(Consumer<MergeProgress> value) {
    return new MergeSettings(dryRun, workers, excluded, only, listener, value, cancelled, claim);
  }

  public MergeSettings withCancelled(BooleanSupplier value) {
    return new MergeSettings(dryRun, workers, excluded, only, listener, progress, value, claim);
  }

  public MergeSettings withClaim(ClaimCheck value) {
    return new MergeSettings(dryRun, workers, excluded, only, listener, progress, cancelled, value);
  }
}
