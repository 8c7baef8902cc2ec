package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.run.DirectoryListing;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Replaces the opaque mark of an upper's directory by one whiteout for each name that it hides,
 * where some of these names have to stay in the lower.
 */
final class OpaqueExpansion {
  private final MergeRun run;

  OpaqueExpansion(MergeRun run) {
    this.run = run;
  }

  /** Expands the mark. The caller has to remember the time of the directory before. */
  void expandToWhiteouts(MergeLevel level, Name name) throws IOException {
    if (run.changes().isDryRun()) {
      return;
    }
    try (LayerDirectory upper = level.upper().open(name);
        LayerDirectory lower = level.lower().open(name);
        MergedDirectory below = level.below().below(level.lower(), name)) {
      hideNames(upper, lower);
      for (LayerDirectory directory : below.mergedDirectories()) {
        hideNames(upper, directory);
      }
    }
    run.changes().makeTransparent(level.upper(), name);
  }

  private void hideNames(LayerDirectory upper, LayerDirectory lower) throws IOException {
    DirectoryListing.forEach(
        lower,
        (name, type) -> {
          Optional<EntryStat> own = upper.stat(name);
          if (own.isEmpty()) {
            run.changes().createWhiteout(upper, name);
          } else if (own.get().isDirectory()) {
            List<String> xattrs = upper.xattrs(name);
            if (!xattrs.contains(Mark.OPAQUE.xattr(run.marks()))) {
              run.changes().makeOpaque(upper, name);
            }
          }
        });
  }
}
