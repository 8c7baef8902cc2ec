package dev.overlays.merge.run;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerEntries;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is said when layers cannot be opened to be looked at. */
public final class OpeningFailures {
  private OpeningFailures() {}

  /** Opens the layers of a spec that needs an upper, and makes a problem of every failure. */
  public static <T> T runTranslated(OverlaySpec spec, MergeFailures.FailingWork<T> work)
      throws OverlayException {
    MergeFailures.requireUpper(spec, "nothing to compare");
    return runTranslated(work);
  }

  /** Looks at layers, and makes a problem of every failure. */
  public static <T> T runTranslated(MergeFailures.FailingWork<T> work) throws OverlayException {
    try {
      return work.run();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(openingProblem(e)), e);
    }
  }

  private static Problem openingProblem(IOException e) {
    Optional<Path> path = Optional.empty();
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::path);
      reason = LayerProbe.reasonOf(f);
    }
    return new Problem(
        codeOf(e),
        path,
        "The layer cannot be opened: " + reason + ".",
        "Name the directories that the view was mounted with, and read them with its rights.");
  }

  private static ProblemCode codeOf(IOException e) {
    if (e instanceof NoSuchFileException) {
      return ProblemCode.LAYER_NOT_FOUND;
    }
    return e instanceof NotDirectoryException
        ? ProblemCode.LAYER_NOT_DIRECTORY
        : ProblemCode.LAYER_NOT_ACCESSIBLE;
  }
}
