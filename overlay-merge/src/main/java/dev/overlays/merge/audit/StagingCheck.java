package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import dev.overlays.merge.change.StagingNames;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the staging directories that an interrupted merge, or mount with private paths, has left.
 */
final class StagingCheck {
  private final ProblemHandler findings;
  private final MarkNamespace marks;

  StagingCheck(ProblemHandler findings, MarkNamespace marks) {
    this.findings = findings;
    this.marks = marks;
  }

  /** Checks for directories beside an upper, which no view shows. */
  void checkBeside(OpenLayers layers) throws IOException {
    LayerDirectory directory = layers.beside();
    for (Name name : StagingNames.leftoverNames(layers, marks)) {
      if (directory.stat(name).isPresent()) {
        String what = "An interrupted run prepared its changes here; no view shows them.";
        findings.handleProblem(
            leftoverProblem(directory, name, what, "OverlayCheck.repair() removes it."),
            () -> new StagingDirectory(directory, name).removeLeftover());
      }
    }
  }

  /**
   * Checks for directories in the roots of lowers, and the whiteouts that hide them. Works from the
   * bottom up, so that a whiteout is removed last, and repairs only those that a whiteout hides in
   * this view.
   */
  void checkRoots(List<LayerDirectory> layers) throws IOException {
    for (Name name : stagingNames(layers)) {
      boolean hidden = isHidden(layers, name);
      for (int i = layers.size() - 1; i >= 0; i--) {
        LayerDirectory layer = layers.get(i);
        Optional<EntryStat> stat = layer.stat(name);
        if (stat.isPresent() && stat.get().isDirectory()) {
          reportStaging(layer, name, hidden);
        } else if (stat.isPresent() && LayerEntries.isWhiteout(layer, name, stat.get(), marks)) {
          reportWhiteout(layer, name, layers.subList(i + 1, layers.size()));
        }
      }
    }
  }

  private static Set<Name> stagingNames(List<LayerDirectory> layers) throws IOException {
    Set<Name> names = new HashSet<>();
    for (LayerDirectory layer : layers) {
      EntryCursor entries = layer.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        if (LowerStaging.isStagingName(entry.name())) {
          names.add(entry.name());
        }
      }
    }
    return names;
  }

  private boolean isHidden(List<LayerDirectory> layers, Name name) throws IOException {
    for (LayerDirectory layer : layers) {
      Optional<EntryStat> stat = layer.stat(name);
      if (stat.isPresent()) {
        return LayerEntries.isWhiteout(layer, name, stat.get(), marks);
      }
    }
    return false;
  }

  private void reportStaging(LayerDirectory layer, Name name, boolean hidden) throws IOException {
    String remedy =
        hidden
            ? "Run the merge again; or OverlayCheck.repair() removes it."
            : "This view shows it: repair the one whose merge was interrupted, which hides it.";
    String what = "An interrupted merge copied its files here first.";
    findings
        .forLayer(layer)
        .handleProblem(
            leftoverProblem(layer, name, what, remedy),
            hidden ? () -> new StagingDirectory(layer, name).removeLeftover() : null);
  }

  private void reportWhiteout(LayerDirectory layer, Name name, List<LayerDirectory> below)
      throws IOException {
    String what = "This whiteout hides where an interrupted merge copied its files first.";
    String remedy = "Run the merge again; or OverlayCheck.repair() removes it.";
    findings
        .forLayer(layer)
        .handleProblem(
            leftoverProblem(layer, name, what, remedy),
            () -> {
              for (LayerDirectory lower : below) {
                if (lower.stat(name).isPresent()) {
                  throw new FileSystemException(lower.toString(), null, "it still hides something");
                }
              }
              WhiteoutAudit.removeWhiteout(layer, name);
            });
  }

  private static Problem leftoverProblem(
      LayerDirectory directory, Name name, String what, String remedy) {
    return Problem.of(
        ProblemCode.STAGING_LEFTOVER, LayerEntries.pathOf(directory, name), what, remedy);
  }
}
