package dev.overlays.merge.survey;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.DirectoryOpening;
import java.io.IOException;
import java.util.Optional;

/**
 * Chooses the metacopy files that have to get their data because of an index. With an index, the
 * kernel shows no metacopy file whose file in the lower is not the one that it was copied up from.
 * So these are the files for whose lower a merge would put a copy into place. Source: the kernel's
 * fs/overlayfs/namei.c, {@code ovl_lookup}.
 */
public final class IndexedMetacopies implements SurveyWalk.MetacopyFilter {
  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final boolean wantsAll;

  /**
   * Chooses all files if the merge only makes copies, or if the data may be in a lower further
   * below.
   */
  public IndexedMetacopies(LayerDirectory upper, LayerRoots lowers, boolean renames) {
    this.upper = upper;
    this.lowers = lowers;
    wantsAll = !renames || lowers.mergedRoot().mergedDirectories().size() > 1;
  }

  @Override
  public boolean isWanted(RenamedEntry file) throws IOException {
    if (wantsAll) {
      return true;
    }
    boolean[] linked = {false};
    DirectoryOpening.runInDirectory(
        upper,
        file.path().parent().namesFromRoot(),
        parent -> {
          Optional<EntryStat> stat = parent.stat(file.lastName());
          linked[0] = stat.isPresent() && stat.get().links() > 1;
        });
    if (!linked[0]) {
      lowers
          .mergedRoot()
          .findData(
              file.source().toRedirect(),
              (layer, directory, name, stat) -> linked[0] = stat.links() > 1);
    }
    return linked[0];
  }
}
