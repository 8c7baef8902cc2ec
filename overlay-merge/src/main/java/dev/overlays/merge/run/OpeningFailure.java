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
public final class OpeningFailure {
  private OpeningFailure() {}

  /** Opens the layers of a spec that needs an upper, and makes a problem of every failure. */
  public static <T> T runTold(OverlaySpec spec, RunFailure.FallibleWork<T> work)
      throws OverlayException {
    RunFailure.requireUpper(spec, "nothing to compare");
    return runTold(work);
  }

  /** Looks at layers, and makes a problem of every failure. */
  public static <T> T runTold(RunFailure.FallibleWork<T> work) throws OverlayException {
    try {
      return work.run();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw new OverlayException(List.of(problemOf(e)), e);
    }
  }

  private static Problem problemOf(IOException e) {
    Optional<Path> path = Optional.empty();
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::path);
      reason = LayerCheck.reasonOf(f);
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
