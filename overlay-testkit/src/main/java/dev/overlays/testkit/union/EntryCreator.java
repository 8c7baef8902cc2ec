package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Creates new entries. Source: the kernel's fs/overlayfs/dir.c, {@code ovl_create_or_link}. */
final class EntryCreator {
  private static final int SET_GROUP = 02000;

  private final UnionLayers layers;
  private final UnionStaging staging;
  private final CopyUp copyUp;
  private final UpperPublisher publisher;
  private final ProtectionCheck protection;
  private final InodeNumbers identities;

  EntryCreator(UnionTree tree, CopyUp copyUp) {
    layers = tree.unionLayers();
    staging = layers.stagingDirectory();
    this.copyUp = copyUp;
    publisher = new UpperPublisher(layers);
    protection = new ProtectionCheck(layers);
    identities = tree.inodeNumbers();
  }

  /** Creates an entry in the work directory. */
  @FunctionalInterface
  interface EntryMaker {
    void make(LayerDirectory directory, Name name) throws IOException;
  }

  void createFile(ResolvedPath place, int mode) throws IOException {
    createEntry(place, mode, false, (directory, name) -> directory.createFile(name).close());
  }

  /** Creates a directory; the requested set-ID bits are ignored; source: mkdir(2). */
  void createDirectory(ResolvedPath place, int mode) throws IOException {
    createEntry(place, mode & 01777, true, LayerDirectory::createDirectory);
  }

  void createSymlink(ResolvedPath place, byte[] target) throws IOException {
    createEntry(place, -1, false, (directory, name) -> directory.createSymlink(name, target));
  }

  void createNode(ResolvedPath place, int mode, EntryStat like) throws IOException {
    EntryType type = like.type();
    createEntry(
        place,
        mode,
        false,
        (directory, name) ->
            directory.createNode(name, type, like.deviceMajor(), like.deviceMinor()));
  }

  void createLink(ViewEntry upper, ResolvedPath place) throws IOException {
    Name staged = staging.freshName();
    copyUp.copyUpDirectory(place.directory());
    upper.directory().createLink(upper.name(), staging.layerDirectory(), staged);
    publisher.putStaged(staged, false, place);
  }

  static void requireNothing(ResolvedPath place) throws IOException {
    if (place.isThere()) {
      throw ErrorNumber.EEXIST.toException();
    }
  }

  void requireAddable(ResolvedPath place) throws IOException {
    requireNothing(place);
    protection.requireAddable(place);
  }

  private void createEntry(ResolvedPath place, int mode, boolean directory, EntryMaker maker)
      throws IOException {
    requireAddable(place);
    copyUp.copyUpDirectory(place.directory());
    LayerDirectory work = staging.layerDirectory();
    Name staged = staging.freshName();
    try {
      maker.make(work, staged);
      setAttributes(place.directoryEntry().stat(), staged, mode, directory);
      identities.inodeCreated(work, staged);
      // In an opaque directory, lookups skip the layers below.
      if (directory && (place.directory().isMerged() || place.found().inUpper())) {
        publisher.makeOpaque(work, staged);
      }
    } catch (IOException | RuntimeException e) {
      staging.discardEntry(staged, e);
      throw e;
    }
    publisher.putStaged(staged, directory, place);
  }

  /**
   * Sets mode and group. A directory with the set-group-ID bit passes on its group; source:
   * inode(7).
   */
  private void setAttributes(EntryStat parent, Name staged, int mode, boolean directory)
      throws IOException {
    boolean inherits = (parent.mode() & SET_GROUP) != 0;
    if (inherits) {
      EntryStat made = LayerEntries.requireStat(staging.layerDirectory(), staged);
      staging.layerDirectory().setOwner(staged, made.owner(), parent.group());
    }
    if (mode >= 0) {
      int more = directory && inherits ? SET_GROUP : 0;
      staging.layerDirectory().setMode(staged, mode | more);
    }
  }
}
