package dev.overlays.cache;

import dev.overlays.UnmountOptions;
import dev.overlays.merge.MergeProgress;
import dev.overlays.merge.SharedMerge;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How a cache is maintained.
 *
 * @param merge the merge, without uppers
 * @param kept the names of the instances that are not merged
 * @param unmounting how views are unmounted
 * @param contentOnly whether uppers that stay are cleaned by content alone
 * @param progress hears of the merge itself, not of the look ahead
 */
record MaintenanceChoices(
    SharedMerge merge,
    Set<String> kept,
    UnmountOptions unmounting,
    boolean contentOnly,
    Consumer<MergeProgress> progress) {

  MaintenanceChoices withMerge(SharedMerge value) {
    return new MaintenanceChoices(value, kept, unmounting, contentOnly, progress);
  }

  MaintenanceChoices withKept(Set<String> value) {
    return new MaintenanceChoices(merge, value, unmounting, contentOnly, progress);
  }

  MaintenanceChoices withUnmounting(UnmountOptions value) {
    return new MaintenanceChoices(merge, kept, value, contentOnly, progress);
  }

  MaintenanceChoices withContentOnly() {
    return new MaintenanceChoices(merge, kept, unmounting, true, progress);
  }

  MaintenanceChoices withProgress(Consumer<MergeProgress> value) {
    return new MaintenanceChoices(merge, kept, unmounting, contentOnly, value);
  }
}
