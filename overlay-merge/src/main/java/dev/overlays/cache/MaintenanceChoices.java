package dev.overlays.cache;

import dev.overlays.UnmountOptions;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.report.MergeProgress;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The options of a maintenance. Immutable.
 *
 * @param merge how uppers are merged, without their names
 * @param vacuum configures the vacuum of an upper that stays
 * @param keptInstances the instances whose uppers stay
 * @param unmountOptions how instances are unmounted
 * @param progress listens to the progress of each upper's merge
 */
record MaintenanceChoices(
    SharedMerge merge,
    UnaryOperator<OverlayVacuum> vacuum,
    Set<String> keptInstances,
    UnmountOptions unmountOptions,
    Consumer<MergeProgress> progress) {

  /** Returns these options with another merge and one more option for the vacuum. */
  MaintenanceChoices withMerge(SharedMerge newMerge, UnaryOperator<OverlayVacuum> more) {
    UnaryOperator<OverlayVacuum> all = said -> more.apply(vacuum.apply(said));
    return new MaintenanceChoices(newMerge, all, keptInstances, unmountOptions, progress);
  }

  MaintenanceChoices withKept(Set<String> value) {
    return new MaintenanceChoices(merge, vacuum, value, unmountOptions, progress);
  }

  MaintenanceChoices withUnmounting(UnmountOptions value) {
    return new MaintenanceChoices(merge, vacuum, keptInstances, value, progress);
  }

  MaintenanceChoices withProgress(Consumer<MergeProgress> value) {
    return new MaintenanceChoices(merge, vacuum, keptInstances, unmountOptions, value);
  }
}
