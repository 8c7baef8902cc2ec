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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
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

  /**
   * Runs work and turns every failure into a problem that names the work, such as "check".
   *
   * @param what the work
   * @param specs what it reads
   */
  public static <T> T runTranslated(String what, Collection<OverlaySpec> specs, IOSupplier<T> work)
      throws OverlayException {
    try {
      return work.get();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      Problem problem =
          findMissingLayer(specs, e)
              .map(layer -> missingLayer(layer, e))
              .orElseGet(() -> stoppedProblem(what, e));
      throw new OverlayException(List.of(problem), e);
    }
  }

  private static Optional<Path> findMissingLayer(Collection<OverlaySpec> specs, IOException e) {
    if (!(e instanceof NoSuchFileException || e instanceof NotDirectoryException)) {
      return Optional.empty();
    }
    String file = ((FileSystemException) e).getFile();
    return specs.stream()
        .flatMap(MergeFailures::layersOf)
        .filter(layer -> layer.toString().equals(file))
        .findFirst();
  }

  private static Stream<Path> layersOf(OverlaySpec spec) {
    return Stream.of(spec.upper().stream(), spec.lowers().stream(), spec.dataLowers().stream())
        .flatMap(Function.identity());
  }

  private static Problem missingLayer(Path layer, IOException e) {
    boolean file = e instanceof NotDirectoryException;
    return Problem.of(
        file ? ProblemCode.LAYER_NOT_DIRECTORY : ProblemCode.LAYER_NOT_FOUND,
        layer,
        file ? "The layer is not a directory." : "The layer does not exist.",
        "Create it, mount the disk that it is on, or correct the path.");
  }

  private static Problem stoppedProblem(String what, IOException e) {
    Optional<Path> path = Optional.empty();
    String reason = e.toString();
    if (e instanceof FileSystemException f) {
      path = Optional.ofNullable(f.getFile()).map(LayerEntries::printablePath);
      reason = LayerEntries.reasonOf(f);
    }
    return new Problem(
        ProblemCode.MERGE_STOPPED,
        path,
        "The " + what + " stopped here: " + reason + ". What the view shows is unchanged.",
        "Remove the cause and run the " + what + " again: it goes on with the rest.");
  }
}
