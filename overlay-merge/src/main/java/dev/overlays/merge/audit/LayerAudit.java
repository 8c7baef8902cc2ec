package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.fit.LayerFit;
import dev.overlays.fuseform.FuseForm;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.TreeWalk;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.change.LowerStaging;
import dev.overlays.merge.run.MissingData;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.run.TypedCursor;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;

/** Checks one layer against what the layers below show. */
final class LayerAudit {
  private final MarkNamespace marks;
  private final LayerFit fit;
  private final boolean isUpper;
  private final boolean isBottom;
  private final ProblemHandler findings;
  private final MarkCheck markCheck;
  private final RedirectCheck redirects;
  private final WhiteoutAudit whiteouts;

  /**
   * Prepares an audit.
   *
   * @param fit what the options of the spec require of the layer
   * @param upper whether it is an upper, in which the kernel accepts fewer forms than in a lower
   * @param bottom whether there is no layer below
   * @param emptyBelow whether one of the layers below is empty. It may be a disk that is not
   *     mounted, so problems of missing entries are not repaired
   */
  LayerAudit(
      MarkNamespace marks,
      LayerFit fit,
      boolean upper,
      boolean bottom,
      boolean emptyBelow,
      ProblemHandler findings,
      MarkCheck markCheck) {
    this.marks = marks;
    this.fit = fit;
    this.isUpper = upper;
    this.isBottom = bottom;
    this.findings = findings;
    this.markCheck = markCheck;
    redirects = new RedirectCheck(bottom, emptyBelow, findings, markCheck);
    whiteouts = new WhiteoutAudit(marks, upper, emptyBelow, findings);
  }

  void run(LayerDirectory root, MergedDirectory below) throws IOException {
    EntryStat stat = LayerEntries.requireStat(root, Name.SELF);
    markCheck.checkEntry(MarkedEntry.of(root, Name.SELF, stat, root.xattrs(Name.SELF), marks));
    TreeWalk.run(new DirectoryStep(root, below, TreePlace.ROOT, TreePlace.ROOT));
    redirects.reportRepeated(root, marks);
  }

  /** Checks one directory of the layer. */
  private final class DirectoryStep implements TreeWalk.WalkStep {
    private final LayerDirectory directory;
    private final MergedDirectory below;
    private final TreePlace place;
    private final TreePlace source;
    private TypedCursor entries;

    /**
     * Closes both handles, except those of the root. {@code source} is the place of the directory
     * in the layers below; null where they have none.
     */
    DirectoryStep(
        LayerDirectory directory, MergedDirectory below, TreePlace place, TreePlace source) {
      this.directory = directory;
      this.below = below;
      this.place = place;
      this.source = source;
    }

    @Override
    public TreeWalk.WalkStep nextStep() throws IOException {
      while (hasNext()) {
        if (!place.isRoot() || !LowerStaging.isStagingName(entries.entryName())) {
          TreeWalk.WalkStep inner = checkListed();
          if (inner != null) {
            return inner;
          }
        }
      }
      return null;
    }

    private boolean hasNext() throws IOException {
      try {
        if (entries == null) {
          entries = new TypedCursor(directory);
        }
        return entries.nextEntry();
      } catch (NoSuchFileException | NotDirectoryException e) {
        // The directory was removed in the view meanwhile.
        return false;
      }
    }

    private TreeWalk.WalkStep checkListed() throws IOException {
      try {
        MarkedEntry inner =
            checkEntry(directory, entries.entryName(), entries.entryType(), below, place, source);
        return inner == null ? null : openDirectory(inner, below, place, source);
      } catch (NoSuchFileException | NotDirectoryException e) {
        // The entry was removed in the view meanwhile.
        return null;
      }
    }

    @Override
    public void close() throws IOException {
      if (!place.isRoot()) {
        try (directory;
            below) {
          // Closes both, even if one of them throws.
        }
      }
    }
  }

  /** Checks an entry, and returns it if it is a directory whose entries have to be checked. */
  private MarkedEntry checkEntry(
      LayerDirectory directory,
      Name name,
      EntryType type,
      MergedDirectory below,
      TreePlace place,
      TreePlace source)
      throws IOException {
    List<String> xattrs = directory.xattrs(name);
    boolean plain = type != EntryType.DIRECTORY && type != EntryType.CHARACTER_DEVICE;
    if (plain && xattrs.isEmpty() && !FuseForm.isHidingEntry(directory, name)) {
      return null;
    }
    EntryStat stat = LayerEntries.requireStat(directory, name);
    if (LayerEntries.isWhiteout(directory, name, stat, marks)) {
      if (FuseForm.isHidingEntry(directory, name)) {
        isSound(MarkedEntry.of(directory, name, stat, xattrs, marks), xattrs);
      }
      whiteouts.checkWhiteout(directory, name, stat, below, place);
      return null;
    }
    MarkedEntry entry = MarkedEntry.of(directory, name, stat, xattrs, marks);
    markCheck.checkEntry(entry);
    boolean sound = isSound(entry, xattrs);
    if (sound && stat.type() == EntryType.FILE && entry.hasMark(Mark.METACOPY)) {
      checkMetacopy(entry, below, place, source);
    }
    return stat.isDirectory() ? entry : null;
  }

  /**
   * Reports marks that the kernel refuses, and returns whether the entry has none. In the
   * bottom-most layer the kernel does not read redirects of directories.
   */
  private boolean isSound(MarkedEntry entry, List<String> xattrs) throws IOException {
    EntryStat stat = entry.stat();
    if (isBottom && stat.isDirectory()) {
      return true;
    }
    Optional<Problem> problem =
        fit.problemOfEntry(entry.directory(), entry.name(), stat.type(), xattrs);
    if (problem.isPresent()) {
      findings.handleProblem(problem.get());
    }
    return problem.isEmpty() || problem.get().code() != ProblemCode.MARK_REFUSED;
  }

  private TreeWalk.WalkStep openDirectory(
      MarkedEntry entry, MergedDirectory below, TreePlace place, TreePlace source)
      throws IOException {
    LayerDirectory directory = entry.directory();
    Name name = entry.name();
    boolean opaque = LayerEntries.isOpaque(directory, name, marks);
    if (opaque && isBottom) {
      markCheck.reportStray(entry, Mark.OPAQUE, "hides nothing: there is no layer below");
    }
    LayerDirectory inner = directory.open(name);
    MergedDirectory innerBelow = null;
    try {
      innerBelow = below.below(directory, name);
      TreePlace innerSource = redirects.followDirectory(entry, opaque, innerBelow, place, source);
      return new DirectoryStep(inner, innerBelow, place.resolveChild(name), innerSource);
    } catch (IOException | RuntimeException | Error e) {
      MergedDirectory opened = innerBelow;
      try (inner;
          opened) {
        throw e;
      }
    }
  }

  private void checkMetacopy(
      MarkedEntry entry, MergedDirectory below, TreePlace place, TreePlace source)
      throws IOException {
    boolean linked = entry.stat().links() > 1;
    boolean found =
        below.findData(
            entry.directory(),
            entry.name(),
            (layer, in, name, stat) -> {
              if (isUpper && !linked && stat.links() == 1) {
                redirects.followFile(entry, place, source);
              }
            });
    if (!found) {
      findings.handleProblem(MissingData.missingDataProblem(entry.directory(), entry.name()));
    }
  }
}
