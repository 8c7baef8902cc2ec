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
import dev.overlays.merge.change.BesideName;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.change.StagingDirectory;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Looks for the directories in which a merge, or a mount with private paths, was preparing. */
final class StagingCheck {
  private final ProblemSink findings;
  private final MarkNamespace marks;

  StagingCheck(ProblemSink findings, MarkNamespace marks) {
    this.findings = findings;
    this.marks = marks;
  }

  /** Those beside an upper, which no view shows. */
  void checkBeside(OpenLayers layers) throws IOException {
    LayerDirectory directory = layers.beside();
    for (Name name : BesideName.leftoverNames(layers, marks)) {
      if (directory.stat(name).isPresent()) {
        String what = "Something was cut off that prepared its changes here; no view shows them.";
        findings.foundProblem(
            problemOf(directory, name, what, "OverlayCheck.repair() removes it."),
            () -> new StagingDirectory(directory, name).clearLeftovers());
      }
    }
  }

  /**
   * Those in the roots of lowers, and the whiteouts that hide them. From the bottom up, so that a
   * whiteout goes last; and only where it is a whiteout that the view meets first.
   */
  void checkRoots(List<LayerDirectory> layers) throws IOException {
    for (Name name : stagingNames(layers)) {
      boolean hidden = isHidden(layers, name);
      for (int i = layers.size() - 1; i >= 0; i--) {
        LayerDirectory layer = layers.get(i);
        Optional<EntryStat> stat = layer.stat(name);
        if (stat.isPresent() && stat.get().isDirectory()) {
          checkStaging(layer, name, hidden);
        } else if (stat.isPresent() && LayerEntries.isWhiteout(layer, name, stat.get(), marks)) {
          checkWhiteout(layer, name, layers.subList(i + 1, layers.size()));
        }
      }
    }
  }

  private static Set<Name> stagingNames(List<LayerDirectory> layers) throws IOException {
    Set<Name> names = new HashSet<>();
    for (LayerDirectory layer : layers) {
      EntryCursor entries = layer.entries();
      for (LayerEntry entry = entries.next(); entry != null; entry = entries.next()) {
        if (LowerStaging.isName(entry.name())) {
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

  private void checkStaging(LayerDirectory layer, Name name, boolean hidden) throws IOException {
    String remedy =
        hidden
            ? "Run the merge again; or OverlayCheck.repair() removes it."
            : "This view shows it: repair the one whose merge was cut off, which hides it.";
    String what = "A merge was cut off that copied its files here first.";
    findings
        .sinkIn(layer)
        .foundProblem(
            problemOf(layer, name, what, remedy),
            hidden ? () -> new StagingDirectory(layer, name).clearLeftovers() : null);
  }

  private void checkWhiteout(LayerDirectory layer, Name name, List<LayerDirectory> below)
      throws IOException {
    String what = "A merge was cut off; this whiteout hides where it copied its files first.";
    String remedy = "Run the merge again; or OverlayCheck.repair() removes it.";
    findings
        .sinkIn(layer)
        .foundProblem(
            problemOf(layer, name, what, remedy),
            () -> {
              for (LayerDirectory lower : below) {
                if (lower.stat(name).isPresent()) {
                  throw new FileSystemException(lower.toString(), null, "it still hides something");
                }
              }
              WhiteoutAudit.removeWhiteout(layer, name);
            });
  }

  private static Problem problemOf(
      LayerDirectory directory, Name name, String what, String remedy) {
    return Problem.of(
        ProblemCode.STAGING_LEFTOVER, LayerEntries.path(directory, name), what, remedy);
  }
}
