package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Removes entries. Source: the kernel's fs/overlayfs/dir.c, {@code ovl_do_remove}. */
final class EntryRemover {
  private final UnionStaging staging;
  private final CopyUp copyUp;
  private final UpperPublisher publisher;
  private final ProtectionCheck protection;

  EntryRemover(UnionTree tree, CopyUp copyUp) {
    staging = tree.unionLayers().stagingDirectory();
    this.copyUp = copyUp;
    publisher = new UpperPublisher(tree.unionLayers());
    protection = new ProtectionCheck(tree.unionLayers());
  }

  void removeFile(ResolvedPath place) throws IOException {
    place.requireEntry();
    protection.requireRemovable(place);
    if (place.requireEntry().isDirectory()) {
      throw ErrorNumber.EISDIR.toException();
    }
    removeEntry(place);
  }

  void removeDirectory(ResolvedPath place) throws IOException {
    place.requireEntry();
    protection.requireRemovable(place);
    if (!place.requireEntry().isDirectory()) {
      throw ErrorNumber.ENOTDIR.toException();
    }
    requireEmpty(place);
    removeEntry(place);
    place.directory().childRemoved(place.name());
  }

  static void requireEmpty(ResolvedPath place) throws IOException {
    if (!place.asDirectory().listEntries().isEmpty()) {
      throw ErrorNumber.ENOTEMPTY.toException();
    }
  }

  private void removeEntry(ResolvedPath place) throws IOException {
    LayerDirectory upper = copyUp.copyUpDirectory(place.directory());
    Name name = place.name();
    if (place.isInLowers()) {
      publisher.putStaged(publisher.stageWhiteout(upper), false, place);
    } else if (place.requireEntry().isDirectory()) {
      // It is shown empty, but may hold whiteouts.
      staging.discardEntry(staging.takeEntry(upper, name));
    } else {
      upper.remove(name);
    }
  }
}
