package dev.overlays.merge;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.lookup.KernelFormStore;
import dev.overlays.merge.report.Conflict;
import dev.overlays.merge.report.ConflictPolicy;
import dev.overlays.merge.report.MergeListener;
import dev.overlays.merge.report.MergeProgress;
import dev.overlays.merge.report.SharedMergeReport;
import dev.overlays.merge.run.ClaimCheck;
import dev.overlays.merge.run.MergeFailures;
import dev.overlays.merge.run.MergeSettings;
import dev.overlays.merge.run.OpeningFailures;
import dev.overlays.merge.shared.SharedMergeRun;
import dev.overlays.spi.LayerStore;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Folds the uppers of several instances into the lower that they share, one after the other.
 * Immutable; made by {@link OverlayMerge#into}.
 *
 * <pre>{@code
 * SharedMergeReport report = OverlayMerge.into(lower)
 *     .uppers(first, second, third)
 *     .policy(ConflictPolicy.DELETE_COMMON)
 *     .run();
 * }</pre>
 *
 * <p>What one instance has added or changed, the others see afterwards, unless they have an entry
 * of their own there. Contradictions are {@link Conflict}s, which the policy resolves. In every
 * other respect each instance's view stays the same: renamed and metacopy entries of its upper are
 * completed before another upper changes the lower there. You must also name the instances that
 * share the lower and are not to be merged.
 *
 * <p>An interrupted merge can be continued, as with {@link OverlayMerge}.
 */
public final class SharedMerge {
  private final Path lower;
  private final List<OverlaySpec> uppers;
  private final List<OverlaySpec> remaining;
  private final ConflictPolicy policy;
  private final LayerStore store;
  private final MergeSettings settings;

  private SharedMerge(
      Path lower,
      List<OverlaySpec> uppers,
      List<OverlaySpec> remaining,
      ConflictPolicy policy,
      LayerStore store,
      MergeSettings settings) {
    this.lower = lower;
    this.uppers = uppers;
    this.remaining = remaining;
    this.policy = policy;
    this.store = store;
    this.settings = settings;
  }

  static SharedMerge into(Path lower) {
    return new SharedMerge(
        Objects.requireNonNull(lower, "lower"),
        List.of(),
        List.of(),
        ConflictPolicy.IN_ORDER,
        null,
        MergeSettings.DEFAULTS);
  }

  /**
   * Returns this merge with more uppers.
   *
   * @param instances as their views are mounted, in the order in which their uppers are applied
   * @return a new merge
   */
  public SharedMerge uppers(OverlaySpec... instances) {
    return uppers(Arrays.asList(instances));
  }

  /**
   * Returns this merge with more uppers.
   *
   * @param instances as their views are mounted, in the order in which their uppers are applied
   * @return a new merge
   */
  public SharedMerge uppers(Collection<OverlaySpec> instances) {
    return new SharedMerge(lower, joinSpecs(uppers, instances), remaining, policy, store, settings);
  }

  /**
   * Returns this merge with instances that share the lower and whose uppers stay.
   *
   * @param instances the specs that their views are mounted with
   * @return a new merge
   */
  public SharedMerge keepUppers(OverlaySpec... instances) {
    return keepUppers(Arrays.asList(instances));
  }

  /**
   * Returns this merge with instances that share the lower and whose uppers stay.
   *
   * @param instances the specs that their views are mounted with
   * @return a new merge
   */
  public SharedMerge keepUppers(Collection<OverlaySpec> instances) {
    return new SharedMerge(lower, uppers, joinSpecs(remaining, instances), policy, store, settings);
  }

  private static List<OverlaySpec> joinSpecs(List<OverlaySpec> old, Collection<OverlaySpec> more) {
    List<OverlaySpec> all = new ArrayList<>(old);
    all.addAll(more);
    return List.copyOf(all);
  }

  /**
   * Returns this merge with another policy.
   *
   * @param newPolicy how conflicts are resolved; {@link ConflictPolicy#IN_ORDER} if not set
   * @return a new merge
   */
  public SharedMerge policy(ConflictPolicy newPolicy) {
    Objects.requireNonNull(newPolicy, "policy");
    return new SharedMerge(lower, uppers, remaining, newPolicy, store, settings);
  }

  /**
   * Returns this merge with a listener.
   *
   * @param newListener is called for each entry, as for {@link OverlayMerge#listener}
   * @return a new merge
   */
  public SharedMerge listener(MergeListener newListener) {
    return withSettings(settings.withListener(Objects.requireNonNull(newListener, "listener")));
  }

  /**
   * Returns this merge with a consumer of the progress for each upper.
   *
   * @param newProgress is called as for {@link OverlayMerge#progress}
   * @return a new merge
   */
  public SharedMerge progress(Consumer<MergeProgress> newProgress) {
    return withSettings(settings.withProgress(Objects.requireNonNull(newProgress, "progress")));
  }

  /**
   * Returns this merge with several threads.
   *
   * @param count the number of threads, at least 1
   * @return a new merge
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public SharedMerge workers(int count) {
    return withSettings(settings.withWorkers(count));
  }

  /**
   * Returns this merge without some paths. They stay in every upper.
   *
   * @param patterns as for {@link OverlayMerge#exclude}
   * @return a new merge
   */
  public SharedMerge exclude(String... patterns) {
    return withSettings(settings.withMoreExcluded(patterns));
  }

  /**
   * Returns this merge of some paths only.
   *
   * @param patterns as for {@link OverlayMerge#only}
   * @return a new merge
   */
  public SharedMerge only(String... patterns) {
    return withSettings(settings.withMoreOnly(patterns));
  }

  /**
   * Returns this merge with a condition that is checked before each entry and cancels the merge.
   *
   * @param asked returns whether to cancel; called by every worker
   * @return a new merge
   */
  public SharedMerge cancelWhen(BooleanSupplier asked) {
    return withSettings(settings.withCancelled(Objects.requireNonNull(asked, "asked")));
  }

  /**
   * Returns this merge through a given layer store.
   *
   * @param newStore opens all layers
   * @return a new merge
   */
  public SharedMerge store(LayerStore newStore) {
    Objects.requireNonNull(newStore, "store");
    return new SharedMerge(lower, uppers, remaining, policy, newStore, settings);
  }

  private SharedMerge withSettings(MergeSettings newSettings) {
    return new SharedMerge(lower, uppers, remaining, policy, store, newSettings);
  }

  /**
   * Returns the conflicts and what would be done with each upper if it were merged first. Changes
   * nothing. The views may be mounted.
   *
   * @return the report of what would be done
   * @throws OverlayException if a merge would be refused, including for conflicts if the policy
   *     refuses them
   */
  public SharedMergeReport dryRun() throws OverlayException {
    return run(settings.withDryRun(true));
  }

  /**
   * Returns the disk space that {@link #run()} would free: what the lower and all uppers hold less
   * than before. Counts the files of the lower that are deleted or replaced, and what several
   * uppers have under one name, of which one stays. Content is not read, nothing is changed, and no
   * listener is called. The views may be mounted; the result then describes one moment.
   *
   * <p>Directories and whiteouts do not count. A renamed directory counts as deleted where it was,
   * although the merge copies what it shows.
   *
   * @return the size in bytes
   * @throws OverlayException if the layers cannot be read
   */
  public long bytesFreed() throws OverlayException {
    refuseMismatch();
    return OpeningFailures.runTranslated(
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(lower);
          LayerStore forms =
              KernelFormStore.forChanging(opener, joinSpecs(uppers, remaining), true);
          return new SharedMergeRun(uppers, remaining, policy, forms, settings).measureFreed();
        });
  }

  /**
   * Merges.
   *
   * @return the report of what was done
   * @throws OverlayException as {@link OverlayMerge#run} does, and for conflicts ({@link
   *     ProblemCode#MERGE_CONFLICT}) if the policy refuses them; then nothing was changed
   */
  public SharedMergeReport run() throws OverlayException {
    return run(settings);
  }

  private SharedMergeReport run(MergeSettings now) throws OverlayException {
    refuseMismatch();
    List<OverlaySpec> all = joinSpecs(uppers, remaining);
    return MergeFailures.runTranslated(
        "merge",
        all,
        () -> {
          LayerStore opener = store != null ? store : LayerStore.of(lower);
          Closeable claim = now.dryRun() ? () -> {} : opener.claim(all);
          try (claim) {
            LayerStore forms = KernelFormStore.forChanging(opener, all, now.dryRun());
            MergeSettings claimed = now.withClaim(ClaimCheck.of(opener, claim));
            return new SharedMergeRun(uppers, remaining, policy, forms, claimed).run();
          }
        });
  }

  private void refuseMismatch() throws OverlayException {
    if (uppers.isEmpty()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_WITHOUT_UPPER,
              lower,
              "No upper is named, so there is nothing to merge.",
              "Name the specs of the instances with uppers(...)."));
    }
    Set<Path> seen = new HashSet<>();
    for (OverlaySpec spec : joinSpecs(uppers, remaining)) {
      if (spec.upper().isEmpty() || !spec.lowers().get(0).equals(lower) || !hasSameLowers(spec)) {
        throw new OverlayException(
            Problem.of(
                ProblemCode.MERGE_WITHOUT_UPPER,
                spec.upper().orElse(spec.lowers().get(0)),
                "The spec has no upper over the lower " + lower + ", as the others have it.",
                "Name instances whose top-most lower is that one, by the same path, and whose"
                    + " other lowers, mapped owners and marks are those of the first one."));
      }
      Path upper = spec.upper().get();
      if (!seen.add(realPath(upper))) {
        throw new OverlayException(
            Problem.of(
                ProblemCode.LAYER_REPEATED,
                upper,
                "Two of the instances have this upper.",
                "Name each instance once, either to be merged or to remain."));
      }
    }
  }

  /** Resolves symbolic links. A broken one is reported when it is opened. */
  private static Path realPath(Path upper) {
    try {
      return upper.toRealPath();
    } catch (IOException e) {
      return upper.toAbsolutePath().normalize();
    }
  }

  /** Whether everything below the upper is the same as for the first spec. */
  private boolean hasSameLowers(OverlaySpec spec) {
    OverlaySpec first = uppers.get(0);
    return spec.lowers().equals(first.lowers())
        && spec.dataLowers().equals(first.dataLowers())
        && spec.idMappings().equals(first.idMappings())
        && spec.options().userXattr() == first.options().userXattr();
  }
}
