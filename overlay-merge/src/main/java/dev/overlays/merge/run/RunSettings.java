package dev.overlays.merge.run;

import dev.overlays.merge.report.MergeListener;
import dev.overlays.merge.report.MergeProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How a merge is done. Immutable.
 *
 * @param dryRun whether nothing is changed
 * @param workers how many threads work
 * @param excluded patterns of paths that stay in the upper
 * @param only patterns of paths that are merged; if there is none, all are
 * @param listener hears of each entry; may be null
 * @param progress hears how far it is; may be null
 * @param cancelled asked whether to end
 */
public record RunSettings(
    boolean dryRun,
    int workers,
    List<String> excluded,
    List<String> only,
    MergeListener listener,
    Consumer<MergeProgress> progress,
    BooleanSupplier cancelled) {

  public static final RunSettings DEFAULTS =
      new RunSettings(false, 1, List.of(), List.of(), null, null, () -> false);

  public RunSettings withDryRun(boolean value) {
    return new RunSettings(value, workers, excluded, only, listener, progress, cancelled);
  }

  public RunSettings withWorkers(int value) {
    if (value < 1) {
      throw new IllegalArgumentException("workers: " + value);
    }
    return new RunSettings(dryRun, value, excluded, only, listener, progress, cancelled);
  }

  public RunSettings withMoreExcluded(String... patterns) {
    List<String> all = withAdded(excluded, patterns);
    return new RunSettings(dryRun, workers, all, only, listener, progress, cancelled);
  }

  public RunSettings withMoreOnly(String... patterns) {
    List<String> all = withAdded(only, patterns);
    return new RunSettings(dryRun, workers, excluded, all, listener, progress, cancelled);
  }

  private static List<String> withAdded(List<String> old, String... patterns) {
    List<String> all = new ArrayList<>(old);
    all.addAll(List.of(patterns));
    return List.copyOf(all);
  }

  public RunSettings withListener(MergeListener value) {
    return new RunSettings(dryRun, workers, excluded, only, value, progress, cancelled);
  }

  public RunSettings withProgress(Consumer<MergeProgress> value) {
    return new RunSettings(dryRun, workers, excluded, only, listener, value, cancelled);
  }

  public RunSettings withCancelled(BooleanSupplier value) {
    return new RunSettings(dryRun, workers, excluded, only, listener, progress, value);
  }
}
