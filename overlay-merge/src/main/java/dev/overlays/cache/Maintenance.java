package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.UnmountOptions;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.OverlayVacuum;
import dev.overlays.merge.SharedMerge;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.MergeProgress;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Folds what the instances of a cache have written into the lower: unmounts those that are mounted,
 * merges, removes from the uppers that stay what the lower has now, and mounts again what was
 * mounted. Immutable; made by {@link SharedCache#maintenance()}.
 *
 * <p>Whatever cuts it off, the next run carries on: what is left in an upper is what is left to be
 * merged, and an instance that has to be mounted again has a note in its directory until it is.
 */
public final class Maintenance {
  private final SharedCache cache;
  private final MaintenanceChoices choices;

  private Maintenance(SharedCache cache, MaintenanceChoices choices) {
    this.cache = cache;
    this.choices = choices;
  }

  static Maintenance of(SharedCache cache) {
    SharedMerge merge = OverlayMerge.into(cache.lower()).policy(ConflictPolicy.DELETE_COMMON);
    return new Maintenance(
        cache,
        new MaintenanceChoices(
            merge, vacuum -> vacuum, Set.of(), UnmountOptions.strict(), told -> {}));
  }

  private Maintenance with(MaintenanceChoices newChoices) {
    return new Maintenance(cache, newChoices);
  }

  /**
   * Returns this maintenance with another policy.
   *
   * @param policy what is done about conflicts; {@link ConflictPolicy#DELETE_COMMON} if not set, by
   *     which no instance loses what another has deleted
   * @return a new maintenance
   */
  public Maintenance policy(ConflictPolicy policy) {
    return with(choices.with(choices.merge().policy(policy), vacuum -> vacuum));
  }

  /**
   * Returns this maintenance with several threads that merge and clean.
   *
   * @param count how many, at least 1
   * @return a new maintenance
   * @throws IllegalArgumentException if there are none
   */
  public Maintenance workers(int count) {
    return with(choices.with(choices.merge().workers(count), vacuum -> vacuum.workers(count)));
  }

  /**
   * Returns this maintenance without some paths, which stay in every upper.
   *
   * @param patterns as for {@link OverlayMerge#exclude}
   * @return a new maintenance
   */
  public Maintenance exclude(String... patterns) {
    return with(
        choices.with(choices.merge().exclude(patterns), vacuum -> vacuum.exclude(patterns)));
  }

  /**
   * Returns this maintenance with somebody who hears how far the merge of each upper is.
   *
   * @param listener called as for {@link OverlayMerge#progress}
   * @return a new maintenance
   */
  public Maintenance progress(Consumer<MergeProgress> listener) {
    Objects.requireNonNull(listener, "listener");
    return with(choices.withProgress(listener));
  }

  /**
   * Returns this maintenance with somebody to ask whether it is to end. The instances are mounted
   * again then, too.
   *
   * @param asked says whether to end
   * @return a new maintenance
   */
  public Maintenance cancelWhen(BooleanSupplier asked) {
    return with(
        choices.with(choices.merge().cancelWhen(asked), vacuum -> vacuum.cancelWhen(asked)));
  }

  /**
   * Returns this maintenance without merging some instances: their uppers stay, but for what the
   * lower shows afterwards just the same.
   *
   * @param names the names of instances
   * @return a new maintenance
   */
  public Maintenance keeping(Collection<String> names) {
    return with(choices.withKept(Set.copyOf(names)));
  }

  /**
   * Returns this maintenance with another way of unmounting.
   *
   * @param options how; {@link UnmountOptions#strict()} if not set. Not lazily: what is still in
   *     use cannot be merged
   * @return a new maintenance
   * @throws IllegalArgumentException if it is lazy
   */
  public Maintenance unmounting(UnmountOptions options) {
    if (options.lazy()) {
      throw new IllegalArgumentException("what is unmounted lazily may still be in use");
    }
    return with(choices.withUnmounting(options));
  }

  /**
   * Returns this maintenance with uppers that stay cleaned by content alone, as {@link
   * OverlayVacuum#contentOnly()} says: for downloads of which every instance has a copy of its own,
   * with times of its own.
   *
   * @return a new maintenance
   */
  public Maintenance contentOnly() {
    return with(choices.with(choices.merge(), OverlayVacuum::contentOnly));
  }

  /**
   * Tells what {@link #run()} would do; changes nothing, and unmounts nothing.
   *
   * @return the report, whose bytes afterwards are those before
   * @throws OverlayException if it would be refused
   */
  public MaintenanceReport dryRun() throws OverlayException {
    return new MaintenanceRun(cache, choices).plan();
  }

  /**
   * Does it. What programs wrote into a mount point while its view was gone is moved aside, as
   * {@link SharedCache#mount} does; the report tells where it is. A view that was mounted is
   * mounted again even where its boot entry cannot be written, which is told by an exception
   * afterwards.
   *
   * @return what was done
   * @throws OverlayException if it is refused, and nothing was changed: an instance is in use (who
   *     uses it is named) or mounted elsewhere, too, such as in a container, somebody has mounted
   *     one over other lowers, layers hold something that is not understood, or the policy is to
   *     refuse conflicts; if the merge was cut off, and the rest is still in the uppers; or if an
   *     instance could not be mounted again: {@link CacheInstance#waiting()} tells which. In every
   *     case what can be mounted again is
   */
  public MaintenanceReport run() throws OverlayException {
    return new MaintenanceRun(cache, choices).run();
  }
}
