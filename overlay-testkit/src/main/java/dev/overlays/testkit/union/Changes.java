package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.time.Instant;

/** The operations that change a view. */
final class Changes {
  private final Tree tree;
  private final CopyUp copyUp;
  private final Creation creation;
  private final Removal removal;
  private final Renaming renaming;
  private final Redirects redirects;
  private final Xattrs xattrs;
  private final Protection protection;

  Changes(Tree tree, CopyUp copyUp, Creation creator) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creation = creator;
    removal = new Removal(tree, copyUp);
    renaming = new Renaming(tree, copyUp);
    redirects = new Redirects(tree.layers());
    xattrs = new Xattrs(tree.layers().marks());
    protection = new Protection(tree.layers());
  }

  @FunctionalInterface
  private interface Step {
    void make(Place place) throws IOException;
  }

  /** Creates an entry. EEXIST takes precedence over EROFS. */
  private void create(Spot unresolved, Step step) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, false);
          Creation.requireNothing(place);
          tree.requireWritable();
          step.make(place);
          return place;
        });
  }

  void createDirectory(Spot unresolved, int mode) throws IOException {
    create(unresolved, place -> creation.directory(place, mode));
  }

  void createSymlink(Spot unresolved, byte[] target) throws IOException {
    create(unresolved, place -> creation.symlink(place, target));
  }

  void createNode(Spot unresolved, int mode, EntryStat like) throws IOException {
    create(unresolved, place -> creation.node(place, mode, like));
  }

  void createLink(Spot existing, Spot unresolved) throws IOException {
    tree.locked(
        () -> {
          Place old = Walk.to(tree, existing, false);
          Entry entry = old.present();
          Place place = Walk.to(tree, unresolved, false);
          Creation.requireNothing(place);
          tree.requireWritable();
          creation.requireAddable(place);
          protection.requireChangeable(entry);
          if (entry.isDirectory()) {
            throw Errno.EPERM.exception();
          }
          Entry upper = copyUp.entry(old, CopyUp.Amount.METADATA);
          redirects.prepareLink(old.again());
          creation.link(upper, place.again());
          return place;
        });
  }

  void remove(Spot unresolved) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, false);
          if (place.name() == null) {
            throw Errno.EISDIR.exception();
          }
          tree.requireWritable();
          removal.file(place);
          return place;
        });
  }

  void removeDirectory(Spot unresolved) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, false);
          if (place.name() == null) {
            throw (place.directory().isRoot() ? Errno.EBUSY : Errno.EINVAL).exception();
          }
          tree.requireWritable();
          removal.directory(place);
          return place;
        });
  }

  void rename(Spot from, Spot to) throws IOException {
    tree.locked(
        () -> {
          Place source = Walk.to(tree, from, false);
          Place target = Walk.to(tree, to, false);
          if (source.name() == null || target.name() == null) {
            throw Errno.EBUSY.exception();
          }
          tree.requireWritable();
          renaming.rename(source, target);
          return target;
        });
  }

  @FunctionalInterface
  private interface Setting {
    void apply(Entry upper) throws IOException;
  }

  private void set(Spot unresolved, boolean follow, Setting setting) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, follow);
          setAt(place, setting);
          return place;
        });
  }

  private void setAt(Place place, Setting setting) throws IOException {
    Entry shown = place.present();
    tree.requireWritable();
    protection.requireChangeable(shown);
    setting.apply(copyUp.entry(place, CopyUp.Amount.METADATA));
  }

  void setMode(Spot unresolved, boolean follow, int mode) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, follow);
          if (place.present().isSymlink()) {
            throw Errno.ELOOP.exception();
          }
          setAt(place, upper -> upper.directory().setMode(upper.name(), mode));
          return place;
        });
  }

  /** Sets owner and group; -1 leaves one as it is. */
  void setOwner(Spot unresolved, boolean follow, int owner, int group) throws IOException {
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
  void setTimes(Spot unresolved, boolean follow, Instant accessed, Instant modified)
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

  void setXattr(Spot unresolved, boolean follow, String xattr, byte[] value) throws IOException {
    set(
        unresolved,
        follow,
        upper -> upper.directory().setXattr(upper.name(), xattrs.inLayer(xattr), value));
  }

  void removeXattr(Spot unresolved, boolean follow, String xattr) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, follow);
          Entry shown = place.present();
          tree.requireWritable();
          protection.requireChangeable(shown);
          if (xattrs.get(shown, xattr).isEmpty()) {
            // This does not copy up; source: fs/overlayfs/xattrs.c, ovl_xattr_set.
            throw Errno.ENODATA.exception();
          }
          Entry upper = copyUp.entry(place, CopyUp.Amount.METADATA);
          upper.directory().removeXattr(upper.name(), xattrs.inLayer(xattr));
          return place;
        });
  }
}
