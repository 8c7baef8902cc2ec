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

/** What is said when an operation fails on the way. */
public final class RunFailure {
  private RunFailure() {}

  /** Work whose failure is to be told. */
  @FunctionalInterface
  public interface FallibleWork<T> {
    T run() throws IOException;
  }

  /** Refuses a spec whose view cannot have been written to. */
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

  /** Does some work of a merge, and makes a problem of every failure. */
  public static <T> T runTold(FallibleWork<T> work) throws OverlayException {
    return runTold("merge", work);
  }

  /** Does some work of what has that name in a sentence, and makes a problem of every failure. */
  public static <T> T runTold(String what, FallibleWork<T> work) throws OverlayException {
    try {
      return work.run();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(stoppedAt(what, e)), e);
    }
  }

  private static Problem stoppedAt(String what, IOException e) {
    Optional<Path> path = Optional.empty();
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::path);
      reason = LayerCheck.reasonOf(f);
    }
    return new Problem(
        ProblemCode.MERGE_STOPPED,
        path,
        "The " + what + " stopped here: " + reason + ". What the view shows is unchanged.",
        "Remove the cause and run the " + what + " again: it goes on with the rest.");
  }
}
