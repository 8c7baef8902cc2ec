package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Removes entries. Source: the kernel's fs/overlayfs/dir.c, {@code ovl_do_remove}. */
final class EntryRemoval {
  private final WorkStaging staging;
  private final CopyUp copyUp;
  private final UpperPublication publication;
  private final ChattrProtection protection;

  EntryRemoval(UnionTree tree, CopyUp copyUp) {
    staging = tree.layers().staging();
    this.copyUp = copyUp;
    publication = new UpperPublication(tree.layers());
    protection = new ChattrProtection(tree.layers());
  }

  void file(ResolvedPlace place) throws IOException {
    place.present();
    protection.requireRemovable(place);
    if (place.present().isDirectory()) {
      throw ErrorNumber.EISDIR.exception();
    }
    remove(place);
  }

  void directory(ResolvedPlace place) throws IOException {
    place.present();
    protection.requireRemovable(place);
    if (!place.present().isDirectory()) {
      throw ErrorNumber.ENOTDIR.exception();
    }
    requireEmpty(place);
    remove(place);
    place.directory().forget(place.name());
  }

  static void requireEmpty(ResolvedPlace place) throws IOException {
    if (!place.asDirectory().list().isEmpty()) {
      throw ErrorNumber.ENOTEMPTY.exception();
    }
  }

  private void remove(ResolvedPlace place) throws IOException {
    LayerDirectory upper = copyUp.directory(place.directory());
    Name name = place.name();
    if (place.directory().below().find(name).isPresent()) {
      publication.putStaged(publication.stageWhiteout(upper), upper, name);
    } else if (place.present().isDirectory()) {
      // It is shown empty, but may hold whiteouts.
      staging.discard(staging.take(upper, name));
    } else {
      upper.remove(name);
    }
  }
}
