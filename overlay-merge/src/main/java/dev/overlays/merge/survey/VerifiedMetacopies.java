package dev.overlays.merge.survey;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.lookup.LayerRoots;
import dev.overlays.merge.run.DirectoryPaths;
import java.io.IOException;
import java.util.Optional;

/**
 * Which metacopy files have to be made whole because of an index: with one, the kernel shows none
 * whose file in the lower is another than it was copied up from. So those are told of in place of
 * which a merge would put a copy. Source: the kernel's fs/overlayfs/namei.c, {@code ovl_lookup}.
 */
public final class VerifiedMetacopies implements SurveyWalk.MetacopyFilter {
  private final LayerDirectory upper;
  private final LayerRoots lowers;
  private final boolean all;

  /** All of them are told of where a merge makes copies only, or the data may be further below. */
  public VerifiedMetacopies(LayerDirectory upper, LayerRoots lowers, boolean renames) {
    this.upper = upper;
    this.lowers = lowers;
    all = !renames || lowers.root().directories().size() > 1;
  }

  @Override
  public boolean isWanted(RenamedEntry file) throws IOException {
    if (all) {
      return true;
    }
    boolean[] linked = {false};
    DirectoryPaths.openDirectory(
        upper,
        file.path().parent().namesFromRoot(),
        parent -> {
          Optional<EntryStat> stat = parent.stat(file.lastName());
          linked[0] = stat.isPresent() && stat.get().links() > 1;
        });
    if (!linked[0]) {
      lowers
          .root()
          .data(
              file.source().redirectHere(),
              (layer, directory, name, stat) -> linked[0] = stat.links() > 1);
    }
    return linked[0];
  }
}
