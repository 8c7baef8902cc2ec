package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.time.Instant;

/** The operations that change a view. */
final class ViewChanges {
  private final UnionTree tree;
  private final CopyUp copyUp;
  private final EntryCreation creation;
  private final EntryRemoval removal;
  private final EntryRenaming renaming;
  private final RedirectWriting redirects;
  private final ShownXattrs xattrs;
  private final ChattrProtection protection;

  ViewChanges(UnionTree tree, CopyUp copyUp, EntryCreation creator) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creation = creator;
    removal = new EntryRemoval(tree, copyUp);
    renaming = new EntryRenaming(tree, copyUp);
    redirects = new RedirectWriting(tree.layers());
    xattrs = new ShownXattrs(tree.layers().marks());
    protection = new ChattrProtection(tree.layers());
  }

  @FunctionalInterface
  private interface ChangeStep {
    void make(ResolvedPlace place) throws IOException;
  }

  /** Creates an entry. EEXIST takes precedence over EROFS. */
  private void create(StartingPath unresolved, ChangeStep step) throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, false);
          EntryCreation.requireNothing(place);
          tree.requireWritable();
          step.make(place);
          return place;
        });
  }

  void createDirectory(StartingPath unresolved, int mode) throws IOException {
    create(unresolved, place -> creation.directory(place, mode));
  }

  void createSymlink(StartingPath unresolved, byte[] target) throws IOException {
    create(unresolved, place -> creation.symlink(place, target));
  }

  void createNode(StartingPath unresolved, int mode, EntryStat like) throws IOException {
    create(unresolved, place -> creation.node(place, mode, like));
  }

  void createLink(StartingPath existing, StartingPath unresolved) throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace old = PathWalk.to(tree, existing, false);
          UnionEntry entry = old.present();
          ResolvedPlace place = PathWalk.to(tree, unresolved, false);
          EntryCreation.requireNothing(place);
          tree.requireWritable();
          creation.requireAddable(place);
          protection.requireChangeable(entry);
          if (entry.isDirectory()) {
            throw ErrorNumber.EPERM.exception();
          }
          UnionEntry upper = copyUp.entry(old, CopyUp.CopyAmount.METADATA);
          redirects.prepareLink(old.again());
          creation.link(upper, place.again());
          return place;
        });
  }

  void remove(StartingPath unresolved) throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, false);
          if (place.name() == null) {
            throw ErrorNumber.EISDIR.exception();
          }
          tree.requireWritable();
          removal.file(place);
          return place;
        });
  }

  void removeDirectory(StartingPath unresolved) throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, false);
          if (place.name() == null) {
            throw (place.directory().isRoot() ? ErrorNumber.EBUSY : ErrorNumber.EINVAL).exception();
          }
          tree.requireWritable();
          removal.directory(place);
          return place;
        });
  }

  void rename(StartingPath from, StartingPath to) throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace source = PathWalk.to(tree, from, false);
          ResolvedPlace target = PathWalk.to(tree, to, false);
          if (source.name() == null || target.name() == null) {
            throw ErrorNumber.EBUSY.exception();
          }
          tree.requireWritable();
          renaming.rename(source, target);
          return target;
        });
  }

  @FunctionalInterface
  private interface AttributeSetting {
    void apply(UnionEntry upper) throws IOException;
  }

  private void set(StartingPath unresolved, boolean follow, AttributeSetting setting)
      throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, follow);
          setAt(place, setting);
          return place;
        });
  }

  private void setAt(ResolvedPlace place, AttributeSetting setting) throws IOException {
    UnionEntry shown = place.present();
    tree.requireWritable();
    protection.requireChangeable(shown);
    setting.apply(copyUp.entry(place, CopyUp.CopyAmount.METADATA));
  }

  void setMode(StartingPath unresolved, boolean follow, int mode) throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, follow);
          if (place.present().isSymlink()) {
            throw ErrorNumber.ELOOP.exception();
          }
          setAt(place, upper -> upper.directory().setMode(upper.name(), mode));
          return place;
        });
  }

  /** Sets owner and group; -1 leaves one as it is. */
  void setOwner(StartingPath unresolved, boolean follow, int owner, int group) throws IOException {
    set(
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
  void setTimes(StartingPath unresolved, boolean follow, Instant accessed, Instant modified)
      throws IOException {
    set(
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

  void setXattr(StartingPath unresolved, boolean follow, String xattr, byte[] value)
      throws IOException {
    set(
        unresolved,
        follow,
        upper -> upper.directory().setXattr(upper.name(), xattrs.inLayer(xattr), value));
  }

  void removeXattr(StartingPath unresolved, boolean follow, String xattr) throws IOException {
    tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, follow);
          UnionEntry shown = place.present();
          tree.requireWritable();
          protection.requireChangeable(shown);
          if (xattrs.get(shown, xattr).isEmpty()) {
            // This does not copy up; source: fs/overlayfs/xattrs.c, ovl_xattr_set.
            throw ErrorNumber.ENODATA.exception();
          }
          UnionEntry upper = copyUp.entry(place, CopyUp.CopyAmount.METADATA);
          upper.directory().removeXattr(upper.name(), xattrs.inLayer(xattr));
          return place;
        });
  }
}
