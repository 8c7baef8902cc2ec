package dev.overlays.merge.audit;

import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.lookup.Redirect;
import dev.overlays.merge.run.Place;
import dev.overlays.merge.survey.Exposure;
import dev.overlays.merge.survey.Renamed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Checks where the redirects of one layer lead. Keeps the redirected entries in memory. */
final class RedirectCheck {
  private static final byte[] YES = {'y'};

  private final boolean bottom;
  private final boolean emptyBelow;
  private final Findings findings;
  private final MarkCheck markCheck;
  private final List<Renamed> renamed = new ArrayList<>();

  RedirectCheck(boolean bottom, boolean emptyBelow, Findings findings, MarkCheck markCheck) {
    this.bottom = bottom;
    this.emptyBelow = emptyBelow;
    this.findings = findings;
    this.markCheck = markCheck;
  }

  /**
   * Whether the kernel reads the redirect of an entry. It reads none beside an opaque mark, and
   * none of directories in the bottom-most layer. Source: fs/overlayfs/namei.c, {@code
   * ovl_lookup_single}.
   */
  private boolean isRead(Marked entry, boolean opaque) {
    return !opaque && !(bottom && entry.stat().isDirectory());
  }

  /**
   * Checks a directory whose redirect, if any, is not refused. Returns its place in the layers
   * below; null if they do not have it.
   */
  Place follow(Marked entry, boolean opaque, MergedDirectory below, Place place, Place source)
      throws IOException {
    if (entry.has(Mark.REDIRECT)) {
      if (!isRead(entry, opaque)) {
        String why = opaque ? "has no effect on an opaque directory" : "leads to no layer below";
        markCheck.stray(entry, Mark.REDIRECT, why);
      } else {
        return renamed(entry, below, place, source);
      }
    }
    return source == null || opaque ? null : source.in(entry.name());
  }

  private Place renamed(Marked entry, MergedDirectory below, Place place, Place source)
      throws IOException {
    Optional<Redirect> redirect = entry.value(Mark.REDIRECT).flatMap(Redirect::parse);
    if (redirect.isEmpty()) {
      return null;
    }
    if (below.isNothing()) {
      dangling(entry, Place.of(redirect.get().names()));
      return null;
    }
    Place from = source;
    if (redirect.get().absolute()) {
      from = Place.of(redirect.get().names());
    } else if (source != null) {
      from = source.in(redirect.get().names().get(0));
    }
    renamed.add(new Renamed(place.in(entry.name()), from, true));
    return from;
  }

  /**
   * Records the source of an upper's metacopy file that has, like its data, only one name. If two
   * such files share their data, the kernel takes them for one inode and refuses the name that it
   * looks up second. Source: fs/overlayfs/inode.c, {@code ovl_hash_bylower}.
   */
  void followFile(Marked entry, Place place, Place source) throws IOException {
    Optional<Redirect> redirect = entry.value(Mark.REDIRECT).flatMap(Redirect::parse);
    if (redirect.isPresent() && (redirect.get().absolute() || source != null)) {
      Place from = redirect.get().absolute() ? Place.of(List.of()) : source;
      for (Name name : redirect.get().names()) {
        from = from.in(name);
      }
      renamed.add(new Renamed(place.in(entry.name()), from, false));
    }
  }

  /**
   * Reports a redirect without a target. The repair sets the opaque mark first: without the
   * redirect alone, the view would merge the directory of its own name below.
   */
  private void dangling(Marked entry, Place source) throws IOException {
    Problem problem =
        entry.problem(
            ProblemCode.REDIRECT_DANGLING,
            "The directory was renamed from "
                + source.text()
                + ", and no layer below has such a directory any more: the view shows only what"
                + " this layer holds of it.",
            "Bring that back; or OverlayCheck.repair() settles for what is shown: it makes the"
                + " directory opaque and removes the redirect.");
    findings.found(
        problem,
        emptyBelow
            ? null
            : () -> {
              entry.directory().setXattr(entry.name(), Mark.OPAQUE.xattr(entry.namespace()), YES);
              entry.drop(Mark.REDIRECT);
            });
  }

  /** Reports targets that are shown more than once. Is called when all entries are checked. */
  void repeated(LayerDirectory root, MarkNamespace marks) throws IOException {
    Exposure exposure = new Exposure(root, marks, renamed);
    for (Renamed entry : renamed) {
      Optional<Problem> problem = exposure.problem(entry);
      if (problem.isPresent()) {
        findings.found(problem.get());
      }
    }
  }
}
