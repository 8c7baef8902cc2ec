package dev.overlays.merge.apply;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Mark;
import dev.overlays.layer.Name;
import dev.overlays.lookup.MergedDirectory;
import dev.overlays.merge.run.LayerListings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Replaces the opaque mark of an upper's directory by a whiteout for each single name that it
 * hides, where some of these are to stay in the lower.
 */
final class OpaqueExpansion {
  private final MergeRun run;

  OpaqueExpansion(MergeRun run) {
    this.run = run;
  }

  /** The directory's own time has to be remembered before. */
  void expandOpaque(MergeLevel level, Name name) throws IOException {
    if (run.changes().dryRun()) {
      return;
    }
    try (LayerDirectory upper = level.upper().open(name);
        LayerDirectory lower = level.lower().open(name);
        MergedDirectory below = level.below().below(level.lower(), name)) {
      hideEntries(upper, lower);
      for (LayerDirectory directory : below.directories()) {
        hideEntries(upper, directory);
      }
    }
    run.changes().makeTransparent(level.upper(), name);
  }

  private void hideEntries(LayerDirectory upper, LayerDirectory lower) throws IOException {
    LayerListings.forEach(
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
