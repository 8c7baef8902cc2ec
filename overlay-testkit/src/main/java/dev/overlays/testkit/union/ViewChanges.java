package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.time.Instant;

/** The operations that change a view. */
final class ViewChanges {
  private final UnionTree tree;
  private final CopyUp copyUp;
  private final EntryCreator creator;
  private final EntryRemover remover;
  private final EntryRenamer renamer;
  private final RedirectWriter redirectWriter;
  private final ShownXattrs xattrs;
  private final ProtectionCheck protection;

  ViewChanges(UnionTree tree, CopyUp copyUp, EntryCreator creator) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creator = creator;
    remover = new EntryRemover(tree, copyUp);
    renamer = new EntryRenamer(tree, copyUp);
    redirectWriter = new RedirectWriter(tree.unionLayers());
    xattrs = new ShownXattrs(tree.unionLayers().markNamespace());
    protection = new ProtectionCheck(tree.unionLayers());
  }

  @FunctionalInterface
  private interface ChangeStep {
    void make(ResolvedPath place) throws IOException;
  }

  /** Creates an entry. EEXIST takes precedence over EROFS. */
  private void createEntry(UnresolvedPath unresolved, ChangeStep step) throws IOException {
    tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, false);
          EntryCreator.requireNothing(place);
          tree.requireWritable();
          step.make(place);
          return place;
        });
  }

  void createDirectory(UnresolvedPath unresolved, int mode) throws IOException {
    createEntry(unresolved, place -> creator.createDirectory(place, mode));
  }

  void createSymlink(UnresolvedPath unresolved, byte[] target) throws IOException {
    createEntry(unresolved, place -> creator.createSymlink(place, target));
  }

  void createNode(UnresolvedPath unresolved, int mode, EntryStat like) throws IOException {
    createEntry(unresolved, place -> creator.createNode(place, mode, like));
  }

  void createLink(UnresolvedPath existing, UnresolvedPath unresolved) throws IOException {
    tree.runLocked(
        () -> {
          ResolvedPath old = PathResolver.resolvePath(tree, existing, false);
          ViewEntry entry = old.requireEntry();
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, false);
          EntryCreator.requireNothing(place);
          tree.requireWritable();
          creator.requireAddable(place);
          protection.requireChangeable(entry);
          if (entry.isDirectory()) {
            throw ErrorNumber.EPERM.toException();
          }
          ViewEntry upper = copyUp.copyUpEntry(old, CopyUp.CopyAmount.METADATA);
          redirectWriter.prepareLink(old.resolveAgain());
          creator.createLink(upper, place.resolveAgain());
          return place;
        });
  }

  /** Removes an entry of any type. */
  void removeEntry(UnresolvedPath unresolved) throws IOException {
    removeAt(
        unresolved,
        place -> {
          if (place.requireEntry().isDirectory()) {
            // The JDK asks for the attributes before, and fails as they do.
            tree.inodeNumbers().shownStat(place);
            removeDirectoryAt(place);
          } else {
            removeFileAt(place);
          }
        });
  }

  void removeFile(UnresolvedPath unresolved) throws IOException {
    removeAt(unresolved, this::removeFileAt);
  }

  void removeDirectory(UnresolvedPath unresolved) throws IOException {
    removeAt(unresolved, this::removeDirectoryAt);
  }

  private void removeAt(UnresolvedPath unresolved, ChangeStep removal) throws IOException {
    tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, false);
          removal.make(place);
          return place;
        });
  }

  private void removeFileAt(ResolvedPath place) throws IOException {
    if (place.name() == null) {
      throw ErrorNumber.EISDIR.toException();
    }
    tree.requireWritable();
    remover.removeFile(place);
  }

  private void removeDirectoryAt(ResolvedPath place) throws IOException {
    if (place.name() == null) {
      throw (place.directory().isRoot() ? ErrorNumber.EBUSY : ErrorNumber.EINVAL).toException();
    }
    tree.requireWritable();
    remover.removeDirectory(place);
  }

  void rename(UnresolvedPath from, UnresolvedPath to) throws IOException {
    tree.runLocked(
        () -> {
          ResolvedPath source = PathResolver.resolvePath(tree, from, false);
          ResolvedPath target = PathResolver.resolvePath(tree, to, false);
          if (source.name() == null || target.name() == null) {
            throw ErrorNumber.EBUSY.toException();
          }
          tree.requireWritable();
          renamer.rename(source, target);
          return target;
        });
  }

  @FunctionalInterface
  private interface AttributeSetting {
    void apply(ViewEntry upper) throws IOException;
  }

  private void changeAttributes(UnresolvedPath unresolved, boolean follow, AttributeSetting setting)
      throws IOException {
    tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, follow);
          changeEntry(place, setting);
          return place;
        });
  }

  private void changeEntry(ResolvedPath place, AttributeSetting setting) throws IOException {
    ViewEntry shown = place.requireEntry();
    tree.requireWritable();
    protection.requireChangeable(shown);
    setting.apply(copyUp.copyUpEntry(place, CopyUp.CopyAmount.METADATA));
  }

  void setMode(UnresolvedPath unresolved, boolean follow, int mode) throws IOException {
    tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, follow);
          if (place.requireEntry().isSymlink()) {
            throw ErrorNumber.ELOOP.toException();
          }
          changeEntry(place, upper -> upper.directory().setMode(upper.name(), mode));
          return place;
        });
  }

  /** Sets owner and group; -1 leaves one as it is. */
  void setOwner(UnresolvedPath unresolved, boolean follow, int owner, int group)
      throws IOException {
    changeAttributes(
        unresolved,
        follow,
        upper ->
            upper
                .directory()
                .setOwner(
                    upper.name(),
                    owner == -1 ? upper.stat().owner() : owner,
                    group == -1 ? upper.stat().group() : group));
  }

  /** Sets times; null leaves one as it is. */
  void setTimes(UnresolvedPath unresolved, boolean follow, Instant accessed, Instant modified)
      throws IOException {
    changeAttributes(
        unresolved,
        follow,
        upper ->
            upper
                .directory()
                .setTimes(
                    upper.name(),
                    accessed == null ? upper.stat().accessed() : accessed,
                    modified == null ? upper.stat().modified() : modified));
  }

  void setXattr(UnresolvedPath unresolved, boolean follow, String xattr, byte[] value)
      throws IOException {
    changeAttributes(
        unresolved,
        follow,
        upper -> upper.directory().setXattr(upper.name(), xattrs.nameInLayer(xattr), value));
  }

  void removeXattr(UnresolvedPath unresolved, boolean follow, String xattr) throws IOException {
    tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, follow);
          ViewEntry shown = place.requireEntry();
          tree.requireWritable();
          protection.requireChangeable(shown);
          if (xattrs.readShown(shown, xattr).isEmpty()) {
            // This does not copy up; source: fs/overlayfs/xattrs.c, ovl_xattr_set.
            throw ErrorNumber.ENODATA.toException();
          }
          ViewEntry upper = copyUp.copyUpEntry(place, CopyUp.CopyAmount.METADATA);
          upper.directory().removeXattr(upper.name(), xattrs.nameInLayer(xattr));
          return place;
        });
  }
}
