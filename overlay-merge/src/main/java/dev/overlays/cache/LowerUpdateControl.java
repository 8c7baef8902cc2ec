package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.value.UnpackProgress;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How the caller of an update follows it and ends it.
 *
 * @param cancelled returns whether to end
 * @param progress listens to the progress of unpacking
 */
record LowerUpdateControl(BooleanSupplier cancelled, Consumer<UnpackProgress> progress) {
  static final LowerUpdateControl DEFAULTS = new LowerUpdateControl(() -> false, done -> {});

  LowerUpdateControl withCancelled(BooleanSupplier value) {
    return new LowerUpdateControl(value, progress);
  }

  LowerUpdateControl withProgress(Consumer<UnpackProgress> value) {
    return new LowerUpdateControl(cancelled, value);
  }

  void throwIfCancelled(Path lower) throws OverlayException {
    if (cancelled.getAsBoolean()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_CANCELLED,
              lower,
              "The update was cancelled. The lower is what it was.",
              "Follow the image again: it goes on with the rest."));
    }
  }
}
