package dev.overlays.merge.audit;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.fit.LayerFit;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.DirectoryTimes;
import dev.overlays.merge.change.LastMount;
import dev.overlays.merge.change.LayerChanges;
import dev.overlays.merge.change.OpenLayers;
import dev.overlays.merge.run.LayerJob;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks the layers of a spec, top-most first, each against those below it. */
public final class SpecAudit {
  private static final Name INDEX = Name.of("index");

  private final OverlaySpec spec;
  private final LayerStore store;
  private final MarkNamespace marks;
  private final LayerFit fit;
  private final ProblemHandler findings;
  private final List<Path> layers = new ArrayList<>();

  public SpecAudit(OverlaySpec spec, LayerStore store, ProblemHandler findings) {
    this.spec = spec;
    this.store = store;
    this.findings = findings;
    marks = LayerJob.marksOf(spec);
    fit = LayerFit.of(spec.options());
    spec.upper().ifPresent(layers::add);
    layers.addAll(spec.lowers());
  }

  public void run() throws IOException {
    try (LayerRoots all = LayerRoots.openRoots(store, layers, List.of(), marks)) {
      List<LayerDirectory> roots = all.mergedRoot().mergedDirectories();
      if (reportForeign(roots)) {
        return;
      }
      StagingCheck staging = new StagingCheck(findings, marks);
      WorkState work =
          spec.upper().isPresent() ? auditWork(staging) : new WorkState(LastMount.of(null), true);
      DirectoryTimes times =
          new DirectoryTimes(new LayerChanges(false, marks), marks, work.lastMount());
      for (int i = 0; i < roots.size(); i++) {
        boolean needsIndex = i == 0 && !work.hasIndex();
        auditLayer(roots.get(i), i, times, needsIndex);
      }
      staging.checkRoots(roots);
    }
  }

  /**
   * Reports layers with marks of the other namespace, and returns whether there are any. All other
   * findings would then be wrong: whiteouts in renamed directories would seem to hide nothing.
   */
  private boolean reportForeign(List<LayerDirectory> roots) throws IOException {
    boolean foreign = false;
    for (LayerDirectory root : roots) {
      Optional<Problem> problem = fit.problemOfRoot(root);
      if (problem.isPresent()) {
        findings.handleProblem(problem.get());
        foreign = true;
      }
    }
    return foreign;
  }

  /** What the work directory shows. */
  private record WorkState(LastMount lastMount, boolean hasIndex) {}

  private WorkState auditWork(StagingCheck staging) throws IOException {
    try (OpenLayers open = OpenLayers.open(LayerJob.of(spec), store)) {
      Optional<Problem> problem = LayerFit.problemOfWork(open.work());
      if (problem.isPresent()) {
        findings.handleProblem(problem.get());
      }
      staging.checkBeside(open);
      boolean hasIndex =
          open.work() != null && open.work().stat(INDEX).filter(EntryStat::isDirectory).isPresent();
      return new WorkState(open.lastMount(), hasIndex);
    }
  }

  private void auditLayer(LayerDirectory root, int index, DirectoryTimes times, boolean needsIndex)
      throws IOException {
    boolean isUpper = index == 0 && spec.upper().isPresent();
    boolean bottom = index == layers.size() - 1 && spec.dataLowers().isEmpty();
    List<Path> lowers = layers.subList(isUpper ? 1 : index, layers.size());
    try (LayerRoots open = LayerRoots.openRoots(store, lowers, spec.dataLowers(), marks)) {
      MergedDirectory below = isUpper ? open.mergedRoot() : open.mergedBelowFirst();
      ProblemHandler here = findings.forLayer(root);
      MarkCheck markCheck = new MarkCheck(here, times, needsIndex);
      new LayerAudit(marks, fit, isUpper, bottom, isOneEmpty(below), here, markCheck)
          .run(root, below);
    }
  }

  private static boolean isOneEmpty(MergedDirectory below) throws IOException {
    for (LayerDirectory root : below.mergedDirectories()) {
      if (root.entries().next() == null) {
        return true;
      }
    }
    return false;
  }
}
