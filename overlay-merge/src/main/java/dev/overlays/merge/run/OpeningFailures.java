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
import org.apache.commons.io.function.IOSupplier;

/** Turns failures to open or read layers into problems. */
public final class OpeningFailures {
  private OpeningFailures() {}

  /** Requires an upper, runs work that opens layers, and turns every failure into a problem. */
  public static <T> T runTranslated(OverlaySpec spec, IOSupplier<T> work) throws OverlayException {
    MergeFailures.requireUpper(spec, "nothing to compare");
    return runTranslated(work);
  }

  /** Runs work that opens layers and turns every failure into a problem. */
  public static <T> T runTranslated(IOSupplier<T> work) throws OverlayException {
    try {
      return work.get();
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
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::printablePath);
      reason = LayerEntries.reasonOf(f);
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
