package dev.overlays.merge.run;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.util.function.BooleanSupplier;

/**
 * Ends a run between two entries when the caller asks for it or interrupts the calling thread, or
 * when its claim is lost.
 */
public final class CancellationCheck {
  private final BooleanSupplier asked;
  private final ClaimCheck claim;
  private final Thread caller = Thread.currentThread();
  private final LayerDirectory upper;
  private final String what;

  public CancellationCheck(
      BooleanSupplier asked, ClaimCheck claim, LayerDirectory upper, String what) {
    this.asked = asked;
    this.claim = claim;
    this.upper = upper;
    this.what = what;
  }

  public void throwIfCancelled() throws OverlayException {
    if (asked.getAsBoolean() || caller.isInterrupted()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_CANCELLED,
              LayerEntries.pathOf(upper, Name.SELF),
              "The " + what + " was cancelled. What the view shows is unchanged.",
              "Run the " + what + " again: it goes on with the rest."));
    }
    claim.requireClaimed();
  }
}
