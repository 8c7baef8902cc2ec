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
import dev.overlays.merge.run.TypedCursor;
import dev.overlays.merge.run.ViewPlace;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Optional;

/** Goes through one layer, and compares it with what the layers below show. */
final class LayerAudit {
  private final MarkNamespace marks;
  private final LayerFit fit;
  private final boolean upper;
  private final boolean bottom;
  private final ProblemSink findings;
  private final MarkCheck markCheck;
  private final RedirectCheck redirects;
  private final WhiteoutAudit whiteouts;

  /**
   * Prepares an audit.
   *
   * @param fit what the options of the spec need of the layer
   * @param upper whether it is an upper, in which the kernel knows fewer forms than in a lower
   * @param bottom whether there is no layer below
   * @param emptyBelow whether nothing is in one of the layers below, which may be a disk that is
   *     not mounted: then nothing is repaired that is missing there
   */
  LayerAudit(
      MarkNamespace marks,
      LayerFit fit,
      boolean upper,
      boolean bottom,
      boolean emptyBelow,
      ProblemSink findings,
      MarkCheck markCheck) {
    this.marks = marks;
    this.fit = fit;
    this.upper = upper;
    this.bottom = bottom;
    this.findings = findings;
    this.markCheck = markCheck;
    redirects = new RedirectCheck(bottom, emptyBelow, findings, markCheck);
    whiteouts = new WhiteoutAudit(marks, upper, emptyBelow, findings);
  }

  void run(LayerDirectory root, MergedDirectory below) throws IOException {
    EntryStat stat = LayerEntries.present(root, Name.SELF);
    markCheck.checkMarks(MarkedEntry.of(root, Name.SELF, stat, root.xattrs(Name.SELF), marks));
    TreeWalk.run(new DirectoryStep(root, below, ViewPlace.ROOT, ViewPlace.ROOT));
    redirects.checkRepeated(root, marks);
  }

  /** Goes through one directory of the layer. */
  private final class DirectoryStep implements TreeWalk.Step {
    private final LayerDirectory directory;
    private final MergedDirectory below;
    private final ViewPlace place;
    private final ViewPlace source;
    private TypedCursor entries;

    /**
     * Unless it is the root, both handles belong to this. The source is the directory's path in the
     * layers below; null where they have none.
     */
    DirectoryStep(
        LayerDirectory directory, MergedDirectory below, ViewPlace place, ViewPlace source) {
      this.directory = directory;
      this.below = below;
      this.place = place;
      this.source = source;
    }

    @Override
    public TreeWalk.Step nextStep() throws IOException {
      while (hasNext()) {
        if (!place.isRoot() || !LowerStaging.isName(entries.entryName())) {
          TreeWalk.Step inner = checkEntry();
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
        // The whole directory has been removed in the view meanwhile.
        return false;
      }
    }

    private TreeWalk.Step checkEntry() throws IOException {
      try {
        MarkedEntry inner =
            lookAt(directory, entries.entryName(), entries.entryType(), below, place, source);
        return inner == null ? null : checkDirectory(inner, below, place, source);
      } catch (NoSuchFileException | NotDirectoryException e) {
        // Removed in the view meanwhile.
        return null;
      }
    }

    @Override
    public void close() throws IOException {
      if (!place.isRoot()) {
        try (directory;
            below) {
          // Only to close both, whatever one of them throws.
        }
      }
    }
  }

  /** Looks at an entry, and returns it if it is a directory to be looked into. */
  private MarkedEntry lookAt(
      LayerDirectory directory,
      Name name,
      EntryType type,
      MergedDirectory below,
      ViewPlace place,
      ViewPlace source)
      throws IOException {
    List<String> xattrs = directory.xattrs(name);
    boolean plain = type != EntryType.DIRECTORY && type != EntryType.CHARACTER_DEVICE;
    if (plain && xattrs.isEmpty() && !FuseForm.isMarkOfProgram(directory, name)) {
      return null;
    }
    EntryStat stat = LayerEntries.present(directory, name);
    if (LayerEntries.isWhiteout(directory, name, stat, marks)) {
      if (FuseForm.isMarkOfProgram(directory, name)) {
        isSound(MarkedEntry.of(directory, name, stat, xattrs, marks), xattrs);
      }
      whiteouts.checkWhiteout(directory, name, stat, below, place);
      return null;
    }
    MarkedEntry entry = MarkedEntry.of(directory, name, stat, xattrs, marks);
    markCheck.checkMarks(entry);
    boolean sound = isSound(entry, xattrs);
    if (sound && stat.type() == EntryType.FILE && entry.hasMark(Mark.METACOPY)) {
      checkMetacopy(entry, below, place, source);
    }
    return stat.isDirectory() ? entry : null;
  }

  /**
   * Whether there is more to say of it; no redirect of a directory is read that leads to no layer.
   */
  private boolean isSound(MarkedEntry entry, List<String> xattrs) throws IOException {
    EntryStat stat = entry.stat();
    if (bottom && stat.isDirectory()) {
      return true;
    }
    Optional<Problem> problem = fit.entry(entry.directory(), entry.name(), stat.type(), xattrs);
    if (problem.isPresent()) {
      findings.foundProblem(problem.get());
    }
    return problem.isEmpty() || problem.get().code() != ProblemCode.MARK_REFUSED;
  }

  private TreeWalk.Step checkDirectory(
      MarkedEntry entry, MergedDirectory below, ViewPlace place, ViewPlace source)
      throws IOException {
    LayerDirectory directory = entry.directory();
    Name name = entry.name();
    boolean opaque = LayerEntries.isOpaque(directory, name, marks);
    if (opaque && bottom) {
      markCheck.foundStray(entry, Mark.OPAQUE, "hides nothing: there is no layer below");
    }
    LayerDirectory inner = directory.open(name);
    MergedDirectory innerBelow = null;
    try {
      innerBelow = below.below(directory, name);
      ViewPlace innerSource = redirects.followRedirect(entry, opaque, innerBelow, place, source);
      return new DirectoryStep(inner, innerBelow, place.placeIn(name), innerSource);
    } catch (IOException | RuntimeException | Error e) {
      MergedDirectory opened = innerBelow;
      try (inner;
          opened) {
        throw e;
      }
    }
  }

  private void checkMetacopy(
      MarkedEntry entry, MergedDirectory below, ViewPlace place, ViewPlace source)
      throws IOException {
    boolean linked = entry.stat().links() > 1;
    boolean found =
        below.data(
            entry.directory(),
            entry.name(),
            (layer, in, name, stat) -> {
              if (upper && !linked && stat.links() == 1) {
                redirects.followFile(entry, place, source);
              }
            });
    if (!found) {
      findings.foundProblem(MissingData.problemOf(entry.directory(), entry.name()));
    }
  }
}
