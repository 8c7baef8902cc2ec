package dev.overlays.merge.run;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerEntries;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.commons.io.function.IOSupplier;

/** Turns failures of an engine into problems. */
public final class MergeFailures {
  private MergeFailures() {}

  /** Refuses a spec without an upper. */
  public static void requireUpper(OverlaySpec spec, String consequence) throws OverlayException {
    if (spec.upper().isEmpty()) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.MERGE_WITHOUT_UPPER,
              spec.lowers().get(0),
              "The spec has no upper, so there is " + consequence + ".",
              "Name the upper and the work directory that the view was mounted with."));
    }
  }

  /** Runs the work of a merge and turns every failure into a problem. */
  public static <T> T runTranslated(IOSupplier<T> work) throws OverlayException {
    return runTranslated("merge", work);
  }

  /** Runs work and turns every failure into a problem that names the work, such as "check". */
  public static <T> T runTranslated(String what, IOSupplier<T> work) throws OverlayException {
    try {
      return work.get();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(stoppedProblem(what, e)), e);
    }
  }

  private static Problem stoppedProblem(String what, IOException e) {
    Optional<Path> path = Optional.empty();
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::printablePath);
      reason = LayerProbe.reasonOf(f);
    }
    return new Problem(
        ProblemCode.MERGE_STOPPED,
        path,
        "The " + what + " stopped here: " + reason + ". What the view shows is unchanged.",
        "Remove the cause and run the " + what + " again: it goes on with the rest.");
  }
}
