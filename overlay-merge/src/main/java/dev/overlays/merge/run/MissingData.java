package dev.overlays.merge.run;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;

/** The problem of a metacopy file whose data is in no layer. */
public final class MissingData {
  private MissingData() {}

  public static Problem missingDataProblem(LayerDirectory directory, Name name) {
    return Problem.of(
        ProblemCode.METACOPY_DATA_MISSING,
        LayerEntries.pathOf(directory, name),
        "The file carries metadata only, and no layer below has its data; the view cannot read it"
            + " either.",
        "Delete the file in the view, or bring back the layer that had its data.");
  }

  public static OverlayException of(LayerDirectory directory, Name name) {
    return new OverlayException(missingDataProblem(directory, name));
  }
}
