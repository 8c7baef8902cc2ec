package dev.overlays.cache;

import dev.overlays.UnmountOptions;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.report.MergeProgress;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * How a maintenance is done. Immutable.
 *
 * @param merge how uppers are merged, without their names
 * @param vacuum how an upper that stays is cleaned
 * @param kept the instances whose uppers stay
 * @param unmounting how instances are unmounted
 * @param progress hears how far the merge of each upper is
 */
record MaintenanceChoices(
    SharedMerge merge,
    UnaryOperator<OverlayVacuum> vacuum,
    Set<String> kept,
    UnmountOptions unmounting,
    Consumer<MergeProgress> progress) {

  /** The same with another merge, and with something more said to the vacuum. */
  MaintenanceChoices with(SharedMerge newMerge, UnaryOperator<OverlayVacuum> more) {
    UnaryOperator<OverlayVacuum> all = said -> more.apply(vacuum.apply(said));
    return new MaintenanceChoices(newMerge, all, kept, unmounting, progress);
  }

  MaintenanceChoices withKept(Set<String> value) {
    return new MaintenanceChoices(merge, vacuum, value, unmounting, progress);
  }

  MaintenanceChoices withUnmounting(UnmountOptions value) {
    return new MaintenanceChoices(merge, vacuum, kept, value, progress);
  }

  MaintenanceChoices withProgress(Consumer<MergeProgress> value) {
    return new MaintenanceChoices(merge, vacuum, kept, unmounting, value);
  }
}
