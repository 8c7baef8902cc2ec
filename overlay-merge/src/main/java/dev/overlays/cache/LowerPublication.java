package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.OciLayer;
import dev.overlays.merge.oci.image.OciImage;
import dev.overlays.merge.oci.image.OciLayout;
import dev.overlays.merge.oci.image.StoredImage;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * Publishes the lower of a cache as an image, so that the caches of other machines can {@linkplain
 * LowerUpdate follow} it. Immutable; created by {@link SharedCache#publication}.
 *
 * <p>The image has one layer, with everything that the lower holds. The same lower gives the same
 * image, and only what the registry lacks is sent. The views of the instances may be mounted;
 * nothing is merged into the lower meanwhile. What the instances have written is not published:
 * merge it by a maintenance first.
 */
public final class LowerPublication {
  static final String ANNOTATION = "dev.overlays.lower";
  static final String NAME = "lower";

  private final SharedCache cache;
  private final OciRegistry image;
  private final UnaryOperator<OciLayer> exporting;
  private final boolean overwriting;
  private final BooleanSupplier cancelled;

  private LowerPublication(
      SharedCache cache,
      OciRegistry image,
      UnaryOperator<OciLayer> exporting,
      boolean overwriting,
      BooleanSupplier cancelled) {
    this.cache = cache;
    this.image = image;
    this.exporting = exporting;
    this.overwriting = overwriting;
    this.cancelled = cancelled;
  }

  static LowerPublication of(SharedCache cache, OciRegistry image) {
    return new LowerPublication(
        cache, Objects.requireNonNull(image, "image"), layer -> layer, false, () -> false);
  }

  /**
   * Returns this publication with other options for the export.
   *
   * @param options derives the layer to export from the one with default options: its compression
   *     and its workers
   * @return a new publication
   */
  public LowerPublication exporting(UnaryOperator<OciLayer> options) {
    return new LowerPublication(
        cache, image, Objects.requireNonNull(options, "options"), overwriting, cancelled);
  }

  /**
   * Returns this publication with the right to replace any image. Without this call, an image that
   * this cache has neither published nor taken up is not replaced: another machine has published
   * it, and what it holds would be lost for all that follow.
   *
   * @return a new publication
   */
  public LowerPublication overwriting() {
    return new LowerPublication(cache, image, exporting, true, cancelled);
  }

  /**
   * Returns this publication with a condition that is checked while the lower is exported and the
   * image is pushed. It cancels the publication with {@link ProblemCode#MERGE_CANCELLED}; the
   * registry's image is what it was.
   *
   * @param asked returns whether to cancel; any thread may call it
   * @return a new publication
   */
  public LowerPublication cancelWhen(BooleanSupplier asked) {
    return new LowerPublication(
        cache, image, exporting, overwriting, Objects.requireNonNull(asked, "asked"));
  }

  /**
   * Publishes the lower. If it is interrupted, the next run continues.
   *
   * @return what was done
   * @throws OverlayException if the registry has an image that this cache does not know ({@link
   *     ProblemCode#CACHE_IMAGE_FOREIGN}), another run is at work ({@link
   *     ProblemCode#LAYER_LOCKED}), it was cancelled ({@link ProblemCode#MERGE_CANCELLED}), the
   *     directory beside the lower cannot be written ({@link ProblemCode#CACHE_NOT_ACCESSIBLE}), or
   *     for a reason of {@link OciImage#writeTo} or {@link OciRegistry#push}
   */
  public PublishReport run() throws OverlayException {
    return LowerWork.runIn(cache, this::publishFrom);
  }

  private PublishReport publishFrom(LowerPlace place) throws IOException {
    place.recover();
    if (!place.hasLower()) {
      throw cache.lowerNotFound();
    }
    String before = place.fingerprintOfLower();
    OciLayout layout = OciLayout.at(place.images());
    StoredImage stored =
        OciImage.of(List.of(exporting.apply(OciLayer.of(cache.view(), cache.lower()))))
            .annotation(ANNOTATION, "1")
            .cancelWhen(cancelled)
            .writeTo(layout, NAME);
    layout.removeUnnamedBlobs();
    if (!before.equals(place.fingerprintOfLower())) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.ARCHIVE_LAYER_CHANGED,
              cache.lower(),
              "The lower was changed while it was exported.",
              "Publish it again when nothing writes to it."));
    }
    Optional<String> known = image.digest();
    if (known.filter(stored.digest()::equals).isPresent()) {
      place.recordLower(stored.digest(), stored.digest(), before);
      return new PublishReport(stored.digest(), false);
    }
    Optional<LowerRecord> record = place.recordOfLower();
    requireKnown(known, record);
    // Whoever finds this record after a crash knows that the registry may have either image.
    place.recordLower(stored.digest(), known.orElse(""), before);
    image.cancelWhen(cancelled).push(stored);
    place.recordPublished();
    return new PublishReport(stored.digest(), true);
  }

  private void requireKnown(Optional<String> known, Optional<LowerRecord> record)
      throws OverlayException {
    boolean isOurs =
        known.isEmpty()
            || record.stream()
                .anyMatch(
                    each -> known.get().equals(each.image()) || known.get().equals(each.base()));
    if (!isOurs && !overwriting) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.CACHE_IMAGE_FOREIGN,
              cache.lower(),
              "The registry has the image "
                  + known.get()
                  + " as "
                  + image
                  + ", which this cache has neither published nor taken up.",
              "Follow it first, publish under another tag, or allow this by overwriting()."));
    }
  }
}
