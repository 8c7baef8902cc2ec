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
import dev.overlays.merge.change.Staging;
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
  private final Findings findings;
  private final MarkNamespace marks;

  StagingCheck(Findings findings, MarkNamespace marks) {
    this.findings = findings;
    this.marks = marks;
  }

  /** Checks for directories beside an upper, which no view shows. */
  void beside(OpenLayers layers) throws IOException {
    LayerDirectory directory = layers.beside();
    for (Name name : BesideName.leftovers(layers, marks)) {
      if (directory.stat(name).isPresent()) {
        String what = "Something was cut off that prepared its changes here; no view shows them.";
        findings.found(
            problem(directory, name, what, "OverlayCheck.repair() removes it."),
            () -> new Staging(directory, name).clear());
      }
    }
  }

  /**
   * Checks for directories in the roots of lowers, and the whiteouts that hide them. Works from the
   * bottom up, so that a whiteout is removed last, and repairs only those that a whiteout hides in
   * this view.
   */
  void roots(List<LayerDirectory> layers) throws IOException {
    for (Name name : names(layers)) {
      boolean hidden = isHidden(layers, name);
      for (int i = layers.size() - 1; i >= 0; i--) {
        LayerDirectory layer = layers.get(i);
        Optional<EntryStat> stat = layer.stat(name);
        if (stat.isPresent() && stat.get().isDirectory()) {
          staging(layer, name, hidden);
        } else if (stat.isPresent() && LayerEntries.isWhiteout(layer, name, stat.get(), marks)) {
          whiteout(layer, name, layers.subList(i + 1, layers.size()));
        }
      }
    }
  }

  private static Set<Name> names(List<LayerDirectory> layers) throws IOException {
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

  private void staging(LayerDirectory layer, Name name, boolean hidden) throws IOException {
    String remedy =
        hidden
            ? "Run the merge again; or OverlayCheck.repair() removes it."
            : "This view shows it: repair the one whose merge was cut off, which hides it.";
    String what = "A merge was cut off that copied its files here first.";
    findings
        .in(layer)
        .found(
            problem(layer, name, what, remedy),
            hidden ? () -> new Staging(layer, name).clear() : null);
  }

  private void whiteout(LayerDirectory layer, Name name, List<LayerDirectory> below)
      throws IOException {
    String what = "A merge was cut off; this whiteout hides where it copied its files first.";
    String remedy = "Run the merge again; or OverlayCheck.repair() removes it.";
    findings
        .in(layer)
        .found(
            problem(layer, name, what, remedy),
            () -> {
              for (LayerDirectory lower : below) {
                if (lower.stat(name).isPresent()) {
                  throw new FileSystemException(lower.toString(), null, "it still hides something");
                }
              }
              WhiteoutAudit.remove(layer, name);
            });
  }

  private static Problem problem(LayerDirectory directory, Name name, String what, String remedy) {
    return Problem.of(
        ProblemCode.STAGING_LEFTOVER, LayerEntries.path(directory, name), what, remedy);
  }
}
