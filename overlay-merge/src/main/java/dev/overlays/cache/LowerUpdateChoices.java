package dev.overlays.cache;

import dev.overlays.UnmountOptions;
import dev.overlays.merge.oci.OciImport;
import dev.overlays.merge.oci.registry.OciRegistry;
import java.util.function.UnaryOperator;

/**
 * The options of an update of the lower. Immutable.
 *
 * @param image the image that is taken up
 * @param importing configures how its layers are unpacked
 * @param unmountOptions how instances are unmounted
 * @param carriedUppers whether uppers that are not empty go over the new lower
 * @param replacedUnpublished whether a lower that holds what was never published is replaced
 * @param control how the caller follows the update and ends it
 */
record LowerUpdateChoices(
    OciRegistry image,
    UnaryOperator<OciImport> importing,
    UnmountOptions unmountOptions,
    boolean carriedUppers,
    boolean replacedUnpublished,
    LowerUpdateControl control) {
  /** Leaves nothing out, so that the content can be compared with the image. */
  static final UnaryOperator<OciImport> COMPLETE = target -> target;

  LowerUpdateChoices withImporting(UnaryOperator<OciImport> value) {
    return new LowerUpdateChoices(
        image, value, unmountOptions, carriedUppers, replacedUnpublished, control);
  }

  LowerUpdateChoices withUnmounting(UnmountOptions value) {
    return new LowerUpdateChoices(
        image, importing, value, carriedUppers, replacedUnpublished, control);
  }

  LowerUpdateChoices withCarriedUppers() {
    return new LowerUpdateChoices(
        image, importing, unmountOptions, true, replacedUnpublished, control);
  }

  LowerUpdateChoices withReplacedUnpublished() {
    return new LowerUpdateChoices(image, importing, unmountOptions, carriedUppers, true, control);
  }

  LowerUpdateChoices withControl(LowerUpdateControl value) {
    return new LowerUpdateChoices(
        image, importing, unmountOptions, carriedUppers, replacedUnpublished, value);
  }
}
