package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.registry.OciRegistry;
import dev.overlays.merge.oci.value.UnpackProgress;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Replaces the lower of a cache by an image that another machine has {@linkplain LowerPublication
 * published}. Immutable; created by {@link SharedCache#update}.
 *
 * <p>The image is pulled and unpacked into a directory beside the lower, and checked by the digests
 * of everything in it, while the views are mounted. Then the instances are unmounted, the new
 * directory takes the place of the lower by one rename, and the instances are mounted again. The
 * former lower is kept until the next run, and then as long as a view uses it.
 *
 * <p>At every moment, the lower is either the former or the new one, as a whole. If a run is
 * interrupted, even by a loss of power, the next one finishes it and removes what is left. (On a
 * file system that cannot exchange two directories, an interruption between two renames leaves no
 * lower: nothing can be mounted then until the next run, which puts it there.)
 */
public final class LowerUpdate {
  private final SharedCache cache;
  private final LowerUpdateChoices choices;

  private LowerUpdate(SharedCache cache, LowerUpdateChoices choices) {
    this.cache = cache;
    this.choices = choices;
  }

  static LowerUpdate of(SharedCache cache, OciRegistry image) {
    Objects.requireNonNull(image, "image");
    return new LowerUpdate(
        cache,
        new LowerUpdateChoices(
            image,
            LowerUpdateChoices.COMPLETE,
            UnmountOptions.strict(),
            false,
            false,
            LowerUpdateControl.DEFAULTS));
  }

  /**
   * Returns this update with other options for unpacking.
   *
   * @param options derives the import from the one with default options, such as what becomes of
   *     devices. By default it keeps the owners if this process runs as root, and refuses what
   *     gives rights
   * @return a new update
   */
  public LowerUpdate importing(UnaryOperator<OciImport> options) {
    return new LowerUpdate(cache, choices.withImporting(Objects.requireNonNull(options)));
  }

  /**
   * Returns this update with other options for unmounting.
   *
   * @param options the options; {@link UnmountOptions#strict()} by default. They cannot be lazy,
   *     because a view in use would keep the former lower
   * @return a new update
   * @throws IllegalArgumentException if the options are lazy
   */
  public LowerUpdate unmounting(UnmountOptions options) {
    if (options.lazy()) {
      throw new IllegalArgumentException("a lazily unmounted view may still be in use");
    }
    return new LowerUpdate(cache, choices.withUnmounting(options));
  }

  /**
   * Returns this update with uppers that go over the new lower as they are. What an instance has
   * written or deleted then hides what the new lower has of the same names. Without this call, an
   * instance whose upper holds more than private paths makes the update refused.
   *
   * <p>An upper that needs the lower, because it has renamed directories or files without data, is
   * refused nevertheless.
   *
   * @return a new update
   */
  public LowerUpdate carryingUppers() {
    return new LowerUpdate(cache, choices.withCarriedUppers());
  }

  /**
   * Returns this update with the right to replace any lower. Without this call, a lower that holds
   * what was never published makes the update refused: one that was not taken up by an update, or
   * that was changed since, by a maintenance for example.
   *
   * @return a new update
   */
  public LowerUpdate replacingUnpublished() {
    return new LowerUpdate(cache, choices.withReplacedUnpublished());
  }

  /**
   * Returns this update with a listener for the progress of unpacking. That of the transfer is told
   * to the listener of the image.
   *
   * @param listener called for each layer of the image as for {@link OciImport#progress}
   * @return a new update
   */
  public LowerUpdate progress(Consumer<UnpackProgress> listener) {
    Objects.requireNonNull(listener, "listener");
    return new LowerUpdate(cache, choices.withControl(choices.control().withProgress(listener)));
  }

  /**
   * Returns this update with a condition that is checked while the image is pulled, unpacked and
   * checked. It cancels the update with {@link ProblemCode#MERGE_CANCELLED}: the lower is what it
   * was, and what was pulled as a whole stays for the next run. From the first unmount on, the
   * update is finished.
   *
   * @param asked returns whether to cancel; any thread may call it
   * @return a new update
   */
  public LowerUpdate cancelWhen(BooleanSupplier asked) {
    Objects.requireNonNull(asked, "asked");
    return new LowerUpdate(cache, choices.withControl(choices.control().withCancelled(asked)));
  }

  /**
   * Takes up the image. If the lower holds it already, nothing is changed but what an earlier run
   * has left.
   *
   * @return what was done
   * @throws OverlayException if it is refused, and the lower is what it was: the file system cannot
   *     store the times of the image ({@link ProblemCode#MERGE_LOWER_CANNOT_KEEP}), there is no
   *     such image ({@link ProblemCode#IMAGE_NOT_FOUND}), an upper is not empty ({@link
   *     ProblemCode#CACHE_UPPER_NOT_EMPTY}), the lower holds what was never published ({@link
   *     ProblemCode#CACHE_LOWER_UNPUBLISHED}), another run is at work or a layer is in use ({@link
   *     ProblemCode#LAYER_LOCKED}, {@link ProblemCode#LAYER_IN_USE}), it was cancelled ({@link
   *     ProblemCode#MERGE_CANCELLED}), the directory beside the lower cannot be written ({@link
   *     ProblemCode#CACHE_NOT_ACCESSIBLE}), or for a reason of {@link OciRegistry#pull}, {@link
   *     OciImport#run} or {@link Maintenance#run}. Also if the lower was replaced, and an instance
   *     could not be mounted again; the next run or maintenance mounts it
   */
  public FollowReport run() throws OverlayException {
    return LowerWork.runIn(cache, place -> new LowerUpdateRun(cache, choices, place).run());
  }
}
