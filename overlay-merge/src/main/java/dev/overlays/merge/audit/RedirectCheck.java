package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.run.TreePlace;
import dev.overlays.merge.survey.RedirectTargets;
import dev.overlays.merge.survey.RenamedEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks where the redirects of one layer lead. Keeps the redirected entries in memory. */
final class RedirectCheck {
  private static final byte[] YES = {'y'};

  private final boolean isBottom;
  private final boolean hasEmptyBelow;
  private final ProblemHandler findings;
  private final MarkCheck markCheck;
  private final List<RenamedEntry> renamed = new ArrayList<>();

  RedirectCheck(boolean bottom, boolean emptyBelow, ProblemHandler findings, MarkCheck markCheck) {
    this.isBottom = bottom;
    this.hasEmptyBelow = emptyBelow;
    this.findings = findings;
    this.markCheck = markCheck;
  }

  /**
   * Whether the kernel reads the redirect of an entry. It reads none beside an opaque mark, and
   * none of directories in the bottom-most layer. Source: fs/overlayfs/namei.c, {@code
   * ovl_lookup_single}.
   */
  private boolean isRead(MarkedEntry entry, boolean opaque) {
    return !opaque && !(isBottom && entry.stat().isDirectory());
  }

  /**
   * Checks a directory whose redirect, if any, is not refused. Returns its place in the layers
   * below; null if they do not have it.
   */
  TreePlace followDirectory(
      MarkedEntry entry, boolean opaque, MergedDirectory below, TreePlace place, TreePlace source)
      throws IOException {
    if (entry.hasMark(Mark.REDIRECT)) {
      if (!isRead(entry, opaque)) {
        String why = opaque ? "has no effect on an opaque directory" : "leads to no layer below";
        markCheck.reportStray(entry, Mark.REDIRECT, why);
      } else {
        return recordRenamed(entry, below, place, source);
      }
    }
    return source == null || opaque ? null : source.resolveChild(entry.name());
  }

  private TreePlace recordRenamed(
      MarkedEntry entry, MergedDirectory below, TreePlace place, TreePlace source)
      throws IOException {
    Optional<RedirectTarget> redirect =
        entry.markValue(Mark.REDIRECT).flatMap(RedirectTarget::parseMark);
    if (redirect.isEmpty()) {
      return null;
    }
    if (below.isInNoLayer()) {
      reportDangling(entry, TreePlace.of(redirect.get().names()));
      return null;
    }
    TreePlace from = source;
    if (redirect.get().absolute()) {
      from = TreePlace.of(redirect.get().names());
    } else if (source != null) {
      from = source.resolveChild(redirect.get().names().get(0));
    }
    renamed.add(new RenamedEntry(place.resolveChild(entry.name()), from, true));
    return from;
  }

  /**
   * Records the source of an upper's metacopy file that has, like its data, only one name. If two
   * such files share their data, the kernel takes them for one inode and refuses the name that it
   * looks up second. Source: fs/overlayfs/inode.c, {@code ovl_hash_bylower}.
   */
  void followFile(MarkedEntry entry, TreePlace place, TreePlace source) throws IOException {
    Optional<RedirectTarget> redirect =
        entry.markValue(Mark.REDIRECT).flatMap(RedirectTarget::parseMark);
    if (redirect.isPresent() && (redirect.get().absolute() || source != null)) {
      TreePlace from = redirect.get().absolute() ? TreePlace.of(List.of()) : source;
      for (Name name : redirect.get().names()) {
        from = from.resolveChild(name);
      }
      renamed.add(new RenamedEntry(place.resolveChild(entry.name()), from, false));
    }
  }

  /**
   * Reports a redirect without a target. The repair sets the opaque mark first: without the
   * redirect alone, the view would merge the directory of its own name below.
   */
  private void reportDangling(MarkedEntry entry, TreePlace source) throws IOException {
    Problem problem =
        entry.createProblem(
            ProblemCode.REDIRECT_DANGLING,
            "The directory was renamed from "
                + source.pathFromRoot()
                + ", and no layer below has such a directory any more: the view shows only what"
                + " this layer holds of it.",
            "Restore it; or OverlayCheck.repair() settles for what is shown: it makes the"
                + " directory opaque and removes the redirect.");
    findings.handleProblem(
        problem,
        hasEmptyBelow
            ? null
            : () -> {
              entry.directory().setXattr(entry.name(), Mark.OPAQUE.xattr(entry.namespace()), YES);
              entry.removeMark(Mark.REDIRECT);
            });
  }

  /** Reports targets that are shown more than once. Is called when all entries are checked. */
  void reportRepeated(LayerDirectory root, MarkNamespace marks) throws IOException {
    RedirectTargets exposure = new RedirectTargets(root, marks, renamed);
    for (RenamedEntry entry : renamed) {
      Optional<Problem> problem = exposure.repeatedProblem(entry);
      if (problem.isPresent()) {
        findings.handleProblem(problem.get());
      }
    }
  }
}
