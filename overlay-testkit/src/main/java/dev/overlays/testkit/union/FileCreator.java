package dev.overlays.testkit.union;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;

/**
 * Creates files in place, as the kernel does where the upper has no whiteout; source: the kernel's
 * fs/overlayfs/dir.c, {@code ovl_create_upper}.
 */
final class FileCreator {
  private static final int SET_GROUP = 02000;

  private final UnionTree tree;
  private final CopyUp copyUp;
  private final EntryCreator creator;
  private final ProtectionCheck protection;

  FileCreator(UnionTree tree, CopyUp copyUp, EntryCreator creator) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creator = creator;
    protection = new ProtectionCheck(tree.unionLayers());
  }

  /** Creates a file where the view shows nothing. */
  void createFile(ResolvedPath place, int mode) throws IOException {
    if (place.found().inUpper() || passesOnGroup(place.directoryEntry())) {
      creator.createFile(place, mode);
    } else {
      creator.requireAddable(place);
      createIn(copyUp.copyUpDirectory(place.directory()), place.name(), mode);
    }
    place.directory().expectNewNames(true);
  }

  private static boolean passesOnGroup(ViewEntry directory) {
    return (directory.stat().mode() & SET_GROUP) != 0;
  }

  private void createIn(LayerDirectory upper, Name name, int mode) throws IOException {
    upper.createFile(name, mode);
    try {
      tree.inodeNumbers().inodeCreated(upper, name);
    } catch (IOException | RuntimeException e) {
      try {
        upper.remove(name);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /**
   * Creates a file without looking for the name before, if only the upper can have it: to find that
   * a name is missing takes longer than to create it, because each layer throws an exception.
   *
   * @return false if nothing was created, and the name has to be looked up
   */
  boolean createUnseen(ViewDirectory directory, Name name, ViewEntry passed, int mode)
      throws IOException {
    if (tree.isReadOnly() || !directory.isOnlyInUpper() || !directory.expectsNewNames()) {
      return false;
    }
    ViewEntry entry = passed == null ? directory.ownEntry() : passed;
    if (passesOnGroup(entry) || !protection.isAddable(entry)) {
      return false;
    }
    try {
      createIn(directory.upperDirectory(), name, mode);
      return true;
    } catch (FileAlreadyExistsException e) {
      directory.expectNewNames(false);
      return false;
    }
  }
}
