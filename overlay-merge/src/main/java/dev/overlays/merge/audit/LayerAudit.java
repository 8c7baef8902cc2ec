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
import dev.overlays.merge.run.Place;
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
  private final boolean upper;
  private final boolean bottom;
  private final Findings findings;
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
      Findings findings,
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
    markCheck.check(Marked.of(root, Name.SELF, stat, root.xattrs(Name.SELF), marks));
    TreeWalk.run(new Inside(root, below, Place.ROOT, Place.ROOT));
    redirects.repeated(root, marks);
  }

  /** Checks one directory of the layer. */
  private final class Inside implements TreeWalk.Step {
    private final LayerDirectory directory;
    private final MergedDirectory below;
    private final Place place;
    private final Place source;
    private TypedCursor entries;

    /**
     * Closes both handles, except those of the root. {@code source} is the place of the directory
     * in the layers below; null where they have none.
     */
    Inside(LayerDirectory directory, MergedDirectory below, Place place, Place source) {
      this.directory = directory;
      this.below = below;
      this.place = place;
      this.source = source;
    }

    @Override
    public TreeWalk.Step advance() throws IOException {
      while (hasNext()) {
        if (!place.isRoot() || !LowerStaging.isName(entries.name())) {
          TreeWalk.Step inner = entry();
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
        return entries.next();
      } catch (NoSuchFileException | NotDirectoryException e) {
        // The directory was removed in the view meanwhile.
        return false;
      }
    }

    private TreeWalk.Step entry() throws IOException {
      try {
        Marked inner = look(directory, entries.name(), entries.type(), below, place, source);
        return inner == null ? null : directory(inner, below, place, source);
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
  private Marked look(
      LayerDirectory directory,
      Name name,
      EntryType type,
      MergedDirectory below,
      Place place,
      Place source)
      throws IOException {
    List<String> xattrs = directory.xattrs(name);
    boolean plain = type != EntryType.DIRECTORY && type != EntryType.CHARACTER_DEVICE;
    if (plain && xattrs.isEmpty() && !FuseForm.isMarkOfProgram(directory, name)) {
      return null;
    }
    EntryStat stat = LayerEntries.present(directory, name);
    if (LayerEntries.isWhiteout(directory, name, stat, marks)) {
      if (FuseForm.isMarkOfProgram(directory, name)) {
        isSound(Marked.of(directory, name, stat, xattrs, marks), xattrs);
      }
      whiteouts.check(directory, name, stat, below, place);
      return null;
    }
    Marked entry = Marked.of(directory, name, stat, xattrs, marks);
    markCheck.check(entry);
    boolean sound = isSound(entry, xattrs);
    if (sound && stat.type() == EntryType.FILE && entry.has(Mark.METACOPY)) {
      metacopy(entry, below, place, source);
    }
    return stat.isDirectory() ? entry : null;
  }

  /**
   * Reports marks that the kernel refuses, and returns whether the entry has none. In the
   * bottom-most layer the kernel does not read redirects of directories.
   */
  private boolean isSound(Marked entry, List<String> xattrs) throws IOException {
    EntryStat stat = entry.stat();
    if (bottom && stat.isDirectory()) {
      return true;
    }
    Optional<Problem> problem = fit.entry(entry.directory(), entry.name(), stat.type(), xattrs);
    if (problem.isPresent()) {
      findings.found(problem.get());
    }
    return problem.isEmpty() || problem.get().code() != ProblemCode.MARK_REFUSED;
  }

  private TreeWalk.Step directory(Marked entry, MergedDirectory below, Place place, Place source)
      throws IOException {
    LayerDirectory directory = entry.directory();
    Name name = entry.name();
    boolean opaque = LayerEntries.isOpaque(directory, name, marks);
    if (opaque && bottom) {
      markCheck.stray(entry, Mark.OPAQUE, "hides nothing: there is no layer below");
    }
    LayerDirectory inner = directory.open(name);
    MergedDirectory innerBelow = null;
    try {
      innerBelow = below.below(directory, name);
      Place innerSource = redirects.follow(entry, opaque, innerBelow, place, source);
      return new Inside(inner, innerBelow, place.in(name), innerSource);
    } catch (IOException | RuntimeException | Error e) {
      MergedDirectory opened = innerBelow;
      try (inner;
          opened) {
        throw e;
      }
    }
  }

  private void metacopy(Marked entry, MergedDirectory below, Place place, Place source)
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
      findings.found(MissingData.problem(entry.directory(), entry.name()));
    }
  }
}
