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
 * Merges what the instances of a cache have written into the lower. It unmounts the mounted
 * instances, merges their uppers, vacuums the uppers that stay, and mounts again what was mounted.
 * Immutable; created by {@link SharedCache#maintenance()}.
 *
 * <p>After an interruption the next run continues: what is left in an upper is what is left to be
 * merged, and an instance that must be mounted again has a note in its directory until it is
 * mounted.
 */
public final class Maintenance {
  private final SharedCache cache;
  private final MaintenanceChoices choices;

  private Maintenance(SharedCache cache, MaintenanceChoices choices) {
    this.cache = cache;
    this.choices = choices;
  }

  static Maintenance of(SharedCache cache) {
    return new Maintenance(
        cache,
        new MaintenanceChoices(
            defaultMerge(cache), vacuum -> vacuum, Set.of(), UnmountOptions.strict(), told -> {}));
  }

  /** Returns the merge of a maintenance that was told nothing, without the names of uppers. */
  static SharedMerge defaultMerge(SharedCache cache) {
    return OverlayMerge.into(cache.lower()).policy(ConflictPolicy.DELETE_COMMON);
  }

  private Maintenance withChoices(MaintenanceChoices newChoices) {
    return new Maintenance(cache, newChoices);
  }

  /**
   * Returns this maintenance with another policy.
   *
   * @param policy how conflicts are resolved; the default, {@link ConflictPolicy#DELETE_COMMON},
   *     takes nothing from an instance because another has deleted it
   * @return a new maintenance
   */
  public Maintenance policy(ConflictPolicy policy) {
    return withChoices(choices.withMerge(choices.merge().policy(policy), vacuum -> vacuum));
  }

  /**
   * Returns this maintenance with several threads for merge and vacuum.
   *
   * @param count how many, at least 1
   * @return a new maintenance
   * @throws IllegalArgumentException if it is less than 1
   */
  public Maintenance workers(int count) {
    return withChoices(
        choices.withMerge(choices.merge().workers(count), vacuum -> vacuum.workers(count)));
  }

  /**
   * Returns this maintenance without the paths that match patterns; they stay in every upper.
   *
   * @param patterns as for {@link OverlayMerge#exclude}
   * @return a new maintenance
   */
  public Maintenance exclude(String... patterns) {
    return withChoices(
        choices.withMerge(choices.merge().exclude(patterns), vacuum -> vacuum.exclude(patterns)));
  }

  /**
   * Returns this maintenance with a listener for the progress of each upper's merge.
   *
   * @param listener called as for {@link OverlayMerge#progress}
   * @return a new maintenance
   */
  public Maintenance progress(Consumer<MergeProgress> listener) {
    Objects.requireNonNull(listener, "listener");
    return withChoices(choices.withProgress(listener));
  }

  /**
   * Returns this maintenance with a condition that cancels it. After a cancellation the instances
   * are mounted again, too.
   *
   * @param asked returns whether to cancel
   * @return a new maintenance
   */
  public Maintenance cancelWhen(BooleanSupplier asked) {
    return withChoices(
        choices.withMerge(choices.merge().cancelWhen(asked), vacuum -> vacuum.cancelWhen(asked)));
  }

  /**
   * Returns this maintenance without merging some instances. Their uppers stay, without the entries
   * that the lower then shows just the same.
   *
   * @param names the names of instances; a maintenance is refused if there is no instance of a name
   * @return a new maintenance
   */
  public Maintenance keeping(Collection<String> names) {
    return withChoices(choices.withKept(Set.copyOf(names)));
  }

  /**
   * Returns this maintenance with other options for unmounting.
   *
   * @param options the options; {@link UnmountOptions#strict()} by default. They cannot be lazy,
   *     because a layer in use cannot be merged
   * @return a new maintenance
   * @throws IllegalArgumentException if the options are lazy
   */
  public Maintenance unmounting(UnmountOptions options) {
    if (options.lazy()) {
      throw new IllegalArgumentException("a lazily unmounted view may still be in use");
    }
    return withChoices(choices.withUnmounting(options));
  }

  /**
   * Returns this maintenance with a vacuum that compares content only, as {@link
   * OverlayVacuum#ignoreAttributes()} says. Use it for downloads of which every instance has its
   * own copy with its own times.
   *
   * @return a new maintenance
   */
  public Maintenance ignoreAttributes() {
    return withChoices(choices.withMerge(choices.merge(), OverlayVacuum::ignoreAttributes));
  }

  /**
   * Reports what {@link #run()} would do, without changing or unmounting anything.
   *
   * @return the report; its sizes before and after are the same
   * @throws OverlayException if it would be refused
   */
  public MaintenanceReport dryRun() throws OverlayException {
    return new MaintenanceRun(cache, choices).dryRun();
  }

  /**
   * Runs the maintenance. Files that programs write into a mount point while its view is unmounted
   * are moved aside, as {@link SharedCache#mount} does; the report says where they are. A view is
   * mounted again even if its boot entry cannot be written; an exception reports that at the end.
   *
   * @return the report
   * @throws OverlayException if it is refused and nothing was changed: an instance is in use (the
   *     exception names the holders) or is also mounted elsewhere, such as in a container; an
   *     instance is mounted over other lowers; layers hold something unknown; or the policy refuses
   *     conflicts. Also if the merge was interrupted, and the rest is still in the uppers; or if an
   *     instance could not be mounted again, which {@link CacheInstance#waiting()} then shows. In
   *     every case all instances that can be mounted again are
   */
  public MaintenanceReport run() throws OverlayException {
    return new MaintenanceRun(cache, choices).run();
  }
}
