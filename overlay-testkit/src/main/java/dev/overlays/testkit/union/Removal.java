package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Removes entries. Source: the kernel's fs/overlayfs/dir.c, {@code ovl_do_remove}. */
final class Removal {
  private final Staging staging;
  private final CopyUp copyUp;
  private final Publication publication;
  private final Protection protection;

  Removal(Tree tree, CopyUp copyUp) {
    staging = tree.layers().staging();
    this.copyUp = copyUp;
    publication = new Publication(tree.layers());
    protection = new Protection(tree.layers());
  }

  void file(Place place) throws IOException {
    place.present();
    protection.requireRemovable(place);
    if (place.present().isDirectory()) {
      throw Errno.EISDIR.exception();
    }
    remove(place);
  }

  void directory(Place place) throws IOException {
    place.present();
    protection.requireRemovable(place);
    if (!place.present().isDirectory()) {
      throw Errno.ENOTDIR.exception();
    }
    requireEmpty(place);
    remove(place);
    place.directory().forget(place.name());
  }

  static void requireEmpty(Place place) throws IOException {
    if (!place.asDirectory().list().isEmpty()) {
      throw Errno.ENOTEMPTY.exception();
    }
  }

  private void remove(Place place) throws IOException {
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
