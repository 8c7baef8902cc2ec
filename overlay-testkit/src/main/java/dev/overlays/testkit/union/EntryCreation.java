package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import java.io.IOException;

/** Creates new entries. Source: the kernel's fs/overlayfs/dir.c, {@code ovl_create_or_link}. */
final class EntryCreation {
  private static final int SET_GROUP = 02000;

  private final OpenLayers layers;
  private final WorkStaging staging;
  private final CopyUp copyUp;
  private final UpperPublication publication;
  private final ChattrProtection protection;
  private final ShownIdentities identities;

  EntryCreation(UnionTree tree, CopyUp copyUp) {
    layers = tree.layers();
    staging = layers.staging();
    this.copyUp = copyUp;
    publication = new UpperPublication(layers);
    protection = new ChattrProtection(layers);
    identities = tree.identities();
  }

  /** Creates an entry in the work directory. */
  @FunctionalInterface
  interface EntryMaker {
    void make(LayerDirectory directory, Name name) throws IOException;
  }

  void file(ResolvedPlace place, int mode) throws IOException {
    create(place, mode, false, (directory, name) -> directory.createFile(name).close());
  }

  /** Creates a directory; the requested set-ID bits are ignored; source: mkdir(2). */
  void directory(ResolvedPlace place, int mode) throws IOException {
    create(place, mode & 01777, true, LayerDirectory::createDirectory);
  }

  void symlink(ResolvedPlace place, byte[] target) throws IOException {
    create(place, -1, false, (directory, name) -> directory.createSymlink(name, target));
  }

  void node(ResolvedPlace place, int mode, EntryStat like) throws IOException {
    EntryType type = like.type();
    create(
        place,
        mode,
        false,
        (directory, name) ->
            directory.createNode(name, type, like.deviceMajor(), like.deviceMinor()));
  }

  void link(UnionEntry upper, ResolvedPlace place) throws IOException {
    Name staged = staging.fresh();
    LayerDirectory target = copyUp.directory(place.directory());
    upper.directory().createLink(upper.name(), staging.directory(), staged);
    publication.putStaged(staged, target, place.name());
  }

  static void requireNothing(ResolvedPlace place) throws IOException {
    if (place.isThere()) {
      throw ErrorNumber.EEXIST.exception();
    }
  }

  void requireAddable(ResolvedPlace place) throws IOException {
    requireNothing(place);
    protection.requireAddable(place.directory());
  }

  private void create(ResolvedPlace place, int mode, boolean directory, EntryMaker maker)
      throws IOException {
    requireAddable(place);
    LayerDirectory target = copyUp.directory(place.directory());
    LayerDirectory work = staging.directory();
    Name staged = staging.fresh();
    try {
      maker.make(work, staged);
      attributes(target, staged, mode, directory);
      identities.created(LayerEntries.present(work, staged));
      // In an opaque directory, lookups skip the layers below.
      if (directory && (place.directory().isMerged() || target.stat(place.name()).isPresent())) {
        publication.makeOpaque(work, staged);
      }
    } catch (IOException | RuntimeException e) {
      staging.discard(staged, e);
      throw e;
    }
    publication.putStaged(staged, target, place.name());
  }

  /**
   * Sets mode and group. A directory with the set-group-ID bit passes on its group; source:
   * inode(7).
   */
  private void attributes(LayerDirectory target, Name staged, int mode, boolean directory)
      throws IOException {
    EntryStat parent = LayerEntries.present(target, Name.SELF);
    boolean inherits = (parent.mode() & SET_GROUP) != 0;
    if (inherits) {
      EntryStat made = LayerEntries.present(staging.directory(), staged);
      staging.directory().setOwner(staged, made.owner(), parent.group());
    }
    if (mode >= 0) {
      int more = directory && inherits ? SET_GROUP : 0;
      staging.directory().setMode(staged, mode | more);
    }
  }
}
