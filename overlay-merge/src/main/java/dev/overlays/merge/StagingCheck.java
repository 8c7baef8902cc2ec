package dev.overlays.merge;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.Optional;

/** Looks for the directories in which a merge, or a mount with private paths, was preparing. */
final class StagingCheck {
  /** The last is that of {@code PrivatePaths}, which every mount clears as well. */
  private static final List<Name> BESIDE =
      List.of(MergeEngine.STAGING, MergeEngine.TRASH, Name.of("overlays-private"));

  private final Findings findings;
  private final MarkNamespace marks;

  StagingCheck(Findings findings, MarkNamespace marks) {
    this.findings = findings;
    this.marks = marks;
  }

  /** Those beside an upper, which no view shows. */
  void beside(LayerDirectory directory) throws IOException {
    for (Name name : BESIDE) {
      if (directory.stat(name).isPresent()) {
        String what = "Something was cut off that prepared its changes here; no view shows them.";
        findings.found(
            problem(directory, name, what, "OverlayCheck.repair() removes it."),
            () -> new Staging(directory, name).clear());
      }
    }
  }

  /**
   * Those in the roots of lowers, and the whiteouts that hide them. From the bottom up, so that a
   * whiteout goes last; and only where it is a whiteout that the view meets first.
   */
  void roots(List<LayerDirectory> layers) throws IOException {
    boolean hidden = isHidden(layers);
    for (int i = layers.size() - 1; i >= 0; i--) {
      LayerDirectory layer = layers.get(i);
      Optional<EntryStat> stat = layer.stat(LowerStaging.NAME);
      if (stat.isPresent() && stat.get().isDirectory()) {
        staging(layer, hidden);
      } else if (stat.isPresent() && isWhiteout(layer, stat.get())) {
        whiteout(layer, layers.subList(i + 1, layers.size()));
      }
    }
  }

  private boolean isHidden(List<LayerDirectory> layers) throws IOException {
    for (LayerDirectory layer : layers) {
      Optional<EntryStat> stat = layer.stat(LowerStaging.NAME);
      if (stat.isPresent()) {
        return isWhiteout(layer, stat.get());
      }
    }
    return false;
  }

  private boolean isWhiteout(LayerDirectory layer, EntryStat stat) throws IOException {
    return LayerEntries.isWhiteout(layer, LowerStaging.NAME, stat, marks);
  }

  private void staging(LayerDirectory layer, boolean hidden) throws IOException {
    String remedy =
        hidden
            ? "Run the merge again; or OverlayCheck.repair() removes it."
            : "This view shows it: repair the one whose merge was cut off, which hides it.";
    String what = "A merge was cut off that copied its files here first.";
    findings
        .in(layer)
        .found(
            problem(layer, LowerStaging.NAME, what, remedy),
            hidden ? () -> new Staging(layer, LowerStaging.NAME).clear() : null);
  }

  private void whiteout(LayerDirectory layer, List<LayerDirectory> below) throws IOException {
    String what = "A merge was cut off; this whiteout hides where it copied its files first.";
    String remedy = "Run the merge again; or OverlayCheck.repair() removes it.";
    findings
        .in(layer)
        .found(
            problem(layer, LowerStaging.NAME, what, remedy),
            () -> {
              for (LayerDirectory lower : below) {
                if (lower.stat(LowerStaging.NAME).isPresent()) {
                  throw new FileSystemException(lower.toString(), null, "it still hides something");
                }
              }
              LayerAudit.remove(layer, LowerStaging.NAME);
            });
  }

  private static Problem problem(LayerDirectory directory, Name name, String what, String remedy) {
    return Problem.of(
        ProblemCode.STAGING_LEFTOVER, LayerEntries.path(directory, name), what, remedy);
  }
}
