package dev.overlays.merge;

import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.merge.lookup.LayerRoots;
import dev.overlays.merge.lookup.MergedDirectory;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Goes through the layers of a spec, top-most first, each over those below it. */
final class SpecAudit {
  private static final Name INDEX = Name.of("index");

  private final OverlaySpec spec;
  private final LayerStore store;
  private final MarkNamespace marks;
  private final Findings findings;
  private final List<Path> layers = new ArrayList<>();

  SpecAudit(OverlaySpec spec, LayerStore store, Findings findings) {
    this.spec = spec;
    this.store = store;
    this.findings = findings;
    marks = Job.marks(spec);
    spec.upper().ifPresent(layers::add);
    layers.addAll(spec.lowers());
  }

  void run() throws IOException {
    try (LayerRoots all = LayerRoots.open(store, layers, List.of(), marks)) {
      List<LayerDirectory> roots = all.root().directories();
      if (areForeign(roots)) {
        return;
      }
      StagingCheck staging = new StagingCheck(findings, marks);
      Work work = spec.upper().isPresent() ? work(staging) : new Work(LastMount.of(null), true);
      DirectoryTimes times = new DirectoryTimes(new Changes(false, marks), marks, work.lastMount());
      for (int i = 0; i < roots.size(); i++) {
        boolean needsIndex = i == 0 && !work.hasIndex();
        layer(roots.get(i), i, times, needsIndex);
      }
      staging.roots(roots);
    }
  }

  /**
   * With marks of the other namespace, nothing else that could be said would be true: whiteouts in
   * renamed directories, for one, would seem to hide nothing.
   */
  private boolean areForeign(List<LayerDirectory> roots) throws IOException {
    MarkNamespace other = marks == MarkNamespace.USER ? MarkNamespace.TRUSTED : MarkNamespace.USER;
    boolean foreign = false;
    for (LayerDirectory root : roots) {
      List<String> xattrs = root.xattrs(Name.SELF);
      if (xattrs.stream().anyMatch(other::isMark) && xattrs.stream().noneMatch(marks::isMark)) {
        foreign = true;
        findings.found(
            Problem.of(
                ProblemCode.MARK_STRAY,
                LayerEntries.path(root, Name.SELF),
                "The layer was written with marks in "
                    + other.prefix()
                    + "*, but the spec says "
                    + marks.prefix()
                    + "*; nothing else was looked at.",
                "Set userxattr in the spec as it was when the layer was written; or remove these"
                    + " marks from its root, if they are of no use."));
      }
    }
    return foreign;
  }

  /** What the work directory tells. */
  private record Work(LastMount lastMount, boolean hasIndex) {}

  private Work work(StagingCheck staging) throws IOException {
    try (OpenLayers open = OpenLayers.open(Job.of(spec), store)) {
      Optional<Problem> problem = WorkCheck.check(open.work());
      if (problem.isPresent()) {
        findings.found(problem.get());
      }
      staging.beside(open);
      boolean hasIndex =
          open.work() != null && open.work().stat(INDEX).filter(EntryStat::isDirectory).isPresent();
      return new Work(open.lastMount(), hasIndex);
    }
  }

  private void layer(LayerDirectory root, int index, DirectoryTimes times, boolean needsIndex)
      throws IOException {
    boolean isUpper = index == 0 && spec.upper().isPresent();
    boolean bottom = index == layers.size() - 1 && spec.dataLowers().isEmpty();
    List<Path> lowers = layers.subList(isUpper ? 1 : index, layers.size());
    try (LayerRoots open = LayerRoots.open(store, lowers, spec.dataLowers(), marks)) {
      MergedDirectory below = isUpper ? open.root() : open.belowFirst();
      Findings here = findings.in(root);
      MarkCheck markCheck = new MarkCheck(here, times, needsIndex);
      new LayerAudit(marks, bottom, isOneEmpty(below), here, markCheck).run(root, below);
    }
  }

  private static boolean isOneEmpty(MergedDirectory below) throws IOException {
    for (LayerDirectory root : below.directories()) {
      if (root.entries().next() == null) {
        return true;
      }
    }
    return false;
  }
}
