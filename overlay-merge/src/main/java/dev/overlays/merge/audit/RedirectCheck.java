package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.RedirectTarget;
import dev.overlays.merge.run.ViewPlace;
import dev.overlays.merge.survey.RedirectTargets;
import dev.overlays.merge.survey.RenamedEntry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at where the redirects of one layer lead. Keeps those of directories in memory. */
final class RedirectCheck {
  private static final byte[] YES = {'y'};

  private final boolean bottom;
  private final boolean emptyBelow;
  private final ProblemSink findings;
  private final MarkCheck markCheck;
  private final List<RenamedEntry> renamed = new ArrayList<>();

  RedirectCheck(boolean bottom, boolean emptyBelow, ProblemSink findings, MarkCheck markCheck) {
    this.bottom = bottom;
    this.emptyBelow = emptyBelow;
    this.findings = findings;
    this.markCheck = markCheck;
  }

  /**
   * Whether the kernel looks at the redirect that an entry may have: at none under an opaque mark,
   * and at none of a directory in the bottom-most layer. Source: fs/overlayfs/namei.c, {@code
   * ovl_lookup_single}.
   */
  private boolean isRead(MarkedEntry entry, boolean opaque) {
    return !opaque && !(bottom && entry.stat().isDirectory());
  }

  /**
   * Looks at a directory whose redirect, if any, is not refused, and returns where the layers below
   * have it; null if nowhere.
   */
  ViewPlace followRedirect(
      MarkedEntry entry, boolean opaque, MergedDirectory below, ViewPlace place, ViewPlace source)
      throws IOException {
    if (entry.hasMark(Mark.REDIRECT)) {
      if (!isRead(entry, opaque)) {
        String why = opaque ? "has no effect on an opaque directory" : "leads to no layer below";
        markCheck.foundStray(entry, Mark.REDIRECT, why);
      } else {
        return checkRenamed(entry, below, place, source);
      }
    }
    return source == null || opaque ? null : source.placeIn(entry.name());
  }

  private ViewPlace checkRenamed(
      MarkedEntry entry, MergedDirectory below, ViewPlace place, ViewPlace source)
      throws IOException {
    Optional<RedirectTarget> redirect =
        entry.markValue(Mark.REDIRECT).flatMap(RedirectTarget::parse);
    if (redirect.isEmpty()) {
      return null;
    }
    if (below.isNothing()) {
      foundDangling(entry, ViewPlace.of(redirect.get().names()));
      return null;
    }
    ViewPlace from = source;
    if (redirect.get().absolute()) {
      from = ViewPlace.of(redirect.get().names());
    } else if (source != null) {
      from = source.placeIn(redirect.get().names().get(0));
    }
    renamed.add(new RenamedEntry(place.placeIn(entry.name()), from, true));
    return from;
  }

  /**
   * Looks at a metacopy file of an upper. Where neither it nor its data has a second name, the
   * kernel takes both for one inode, and refuses whichever name it meets second. Source:
   * fs/overlayfs/inode.c, {@code ovl_hash_bylower}.
   */
  void followFile(MarkedEntry entry, ViewPlace place, ViewPlace source) throws IOException {
    Optional<RedirectTarget> redirect =
        entry.markValue(Mark.REDIRECT).flatMap(RedirectTarget::parse);
    if (redirect.isPresent() && (redirect.get().absolute() || source != null)) {
      ViewPlace from = redirect.get().absolute() ? ViewPlace.of(List.of()) : source;
      for (Name name : redirect.get().names()) {
        from = from.placeIn(name);
      }
      renamed.add(new RenamedEntry(place.placeIn(entry.name()), from, false));
    }
  }

  /** Opaque first: without its redirect alone, the view would merge what has its name below. */
  private void foundDangling(MarkedEntry entry, ViewPlace source) throws IOException {
    Problem problem =
        entry.problemOf(
            ProblemCode.REDIRECT_DANGLING,
            "The directory was renamed from "
                + source.pathText()
                + ", and no layer below has such a directory any more: the view shows only what"
                + " this layer holds of it.",
            "Bring that back; or OverlayCheck.repair() settles for what is shown: it makes the"
                + " directory opaque and removes the redirect.");
    findings.foundProblem(
        problem,
        emptyBelow
            ? null
            : () -> {
              entry.directory().setXattr(entry.name(), Mark.OPAQUE.xattr(entry.namespace()), YES);
              entry.dropMark(Mark.REDIRECT);
            });
  }

  /** Called when all is seen. */
  void checkRepeated(LayerDirectory root, MarkNamespace marks) throws IOException {
    RedirectTargets exposure = new RedirectTargets(root, marks, renamed);
    for (RenamedEntry entry : renamed) {
      Optional<Problem> problem = exposure.problemOf(entry);
      if (problem.isPresent()) {
        findings.foundProblem(problem.get());
      }
    }
  }
}
