package dev.overlays.cli;

import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.cli.output.CommandOutput;
import dev.overlays.cli.output.ProgressOutput;
import dev.overlays.cli.output.ReportedProblem;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.report.MergeReport;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Folds what an ephemeral view has changed into its lower: the upper is kept in a temporary
 * directory and merged from there. If the merge fails, the upper stays, since it may hold what the
 * lower has not got yet.
 */
final class TrialFolding {
  private final OverlayMount mount;
  private final CommandOutput output;

  TrialFolding(OverlayMount mount, CommandOutput output) {
    this.mount = mount;
    this.output = output;
  }

  /**
   * Unmounts the view and merges its upper.
   *
   * @param place where the temporary directory is created
   */
  MergeReport applyChanges(Path place, ProgressOutput progress, CommandSignals signals)
      throws IOException {
    Path directory = Files.createTempDirectory(place, "overlays-try-");
    Path upper = directory.resolve("upper");
    try {
      mount.keepTo(upper);
    } catch (IOException | RuntimeException | Error e) {
      Files.deleteIfExists(directory);
      throw e;
    }
    MergeReport report;
    try {
      Path work = Files.createDirectory(directory.resolve("work"));
      OverlaySpec spec = mount.spec().withUpper(upper, work);
      report = OverlayMerge.of(spec).progress(progress).cancelWhen(signals::isReceived).run();
    } catch (IOException | RuntimeException | Error e) {
      output.printProblems(List.of(keptProblem(upper)));
      throw e;
    }
    removeDirectory(directory);
    return report;
  }

  private ReportedProblem keptProblem(Path upper) {
    return new ReportedProblem(
        "changes-kept",
        Optional.of(upper),
        "The changes could not be applied. Those that are not applied are kept here.",
        "Remove the cause and run: overlays merge --lower "
            + mount.spec().lowers().get(0)
            + " --upper "
            + upper);
  }

  private static void removeDirectory(Path directory) throws IOException {
    try (LayerDirectory root = LayerStore.of(directory).open(directory)) {
      LayerEntries.removeAll(root);
    }
    Files.delete(directory);
  }
}
