package dev.overlays.merge.oci.registry;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.oci.value.TransferProgress;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * How the caller of a transfer follows it and ends it.
 *
 * @param progress listens to the progress
 * @param cancelled returns whether to end
 */
record TransferControl(Consumer<TransferProgress> progress, BooleanSupplier cancelled) {
  static final TransferControl DEFAULTS = new TransferControl(done -> {}, () -> false);

  TransferControl withProgress(Consumer<TransferProgress> value) {
    return new TransferControl(value, cancelled);
  }

  TransferControl withCondition(BooleanSupplier value) {
    BooleanSupplier former = cancelled;
    return new TransferControl(progress, () -> former.getAsBoolean() || value.getAsBoolean());
  }

  void throwIfCancelled() throws OverlayException {
    if (cancelled.getAsBoolean()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_CANCELLED,
              "The transfer was cancelled.",
              "Run it again: blobs that were transferred as a whole are not transferred again."));
    }
  }
}
