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
 */
public record Settings(
    boolean dryRun,
    int workers,
    List<String> excluded,
    List<String> only,
    MergeListener listener,
    Consumer<MergeProgress> progress,
    BooleanSupplier cancelled) {

  public static final Settings DEFAULTS =
      new Settings(false, 1, List.of(), List.of(), null, null, () -> false);

  public Settings withDryRun(boolean value) {
    return new Settings(value, workers, excluded, only, listener, progress, cancelled);
  }

  public Settings withWorkers(int value) {
    if (value < 1) {
      throw new IllegalArgumentException("workers: " + value);
    }
    return new Settings(dryRun, value, excluded, only, listener, progress, cancelled);
  }

  public Settings withMoreExcluded(String... patterns) {
    List<String> all = added(excluded, patterns);
    return new Settings(dryRun, workers, all, only, listener, progress, cancelled);
  }

  public Settings withMoreOnly(String... patterns) {
    List<String> all = added(only, patterns);
    return new Settings(dryRun, workers, excluded, all, listener, progress, cancelled);
  }

  private static List<String> added(List<String> old, String... patterns) {
    List<String> all = new ArrayList<>(old);
    all.addAll(List.of(patterns));
    return List.copyOf(all);
  }

  public Settings withListener(MergeListener value) {
    return new Settings(dryRun, workers, excluded, only, value, progress, cancelled);
  }

  public Settings withProgress(Consumer<MergeProgress> value) {
    return new Settings(dryRun, workers, excluded, only, listener, value, cancelled);
  }

  public Settings withCancelled(BooleanSupplier value) {
    return new Settings(dryRun, workers, excluded, only, listener, progress, value);
  }
}
