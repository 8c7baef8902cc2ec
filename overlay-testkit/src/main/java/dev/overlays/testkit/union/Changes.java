package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import java.io.IOException;
import java.time.Instant;

/** What is done to a view. */
final class Changes {
  private final Tree tree;
  private final CopyUp copyUp;
  private final Creation creation;
  private final Removal removal;
  private final Renaming renaming;
  private final Redirects redirects;
  private final Xattrs xattrs;
  private final Protection protection;

  Changes(Tree tree, CopyUp copyUp, Creation creation) {
    this.tree = tree;
    this.copyUp = copyUp;
    this.creation = creation;
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

  /** Makes something new; that it is there already is told before that nothing can be made. */
  private void create(Spot spot, Step step) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, false);
          Creation.requireNothing(place);
          tree.requireWritable();
          step.make(place);
          return place;
        });
  }

  void createDirectory(Spot spot, int mode) throws IOException {
    create(spot, place -> creation.directory(place, mode));
  }

  void createSymlink(Spot spot, byte[] target) throws IOException {
    create(spot, place -> creation.symlink(place, target));
  }

  void createNode(Spot spot, int mode, EntryStat like) throws IOException {
    create(spot, place -> creation.node(place, mode, like));
  }

  void createLink(Spot existing, Spot spot) throws IOException {
    tree.locked(
        () -> {
          Place old = Walk.to(tree, existing, false);
          Entry entry = old.present();
          Place place = Walk.to(tree, spot, false);
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

  void remove(Spot spot) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, false);
          if (place.name() == null) {
            throw Errno.EISDIR.exception();
          }
          tree.requireWritable();
          removal.file(place);
          return place;
        });
  }

  void removeDirectory(Spot spot) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, false);
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

  private void set(Spot spot, boolean follow, Setting setting) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, follow);
          place.present();
          tree.requireWritable();
          protection.requireChangeable(place.present());
          setting.apply(copyUp.entry(place, CopyUp.Amount.METADATA));
          return place;
        });
  }

  void setMode(Spot spot, boolean follow, int mode) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, follow);
          if (place.present().isSymlink()) {
            throw Errno.ELOOP.exception();
          }
          return place;
        });
    set(spot, follow, upper -> upper.directory().setMode(upper.name(), mode));
  }

  /** Sets owner and group, of which -1 stays what it was. */
  void setOwner(Spot spot, boolean follow, int owner, int group) throws IOException {
    set(
        spot,
        follow,
        upper ->
            upper
                .directory()
                .setOwner(
                    upper.name(),
                    owner == -1 ? upper.stat().owner() : owner,
                    group == -1 ? upper.stat().group() : group));
  }

  /** Sets times, of which null stays what it was. */
  void setTimes(Spot spot, boolean follow, Instant accessed, Instant modified) throws IOException {
    set(
        spot,
        follow,
        upper ->
            upper
                .directory()
                .setTimes(
                    upper.name(),
                    accessed == null ? upper.stat().accessed() : accessed,
                    modified == null ? upper.stat().modified() : modified));
  }

  void setXattr(Spot spot, boolean follow, String xattr, byte[] value) throws IOException {
    set(
        spot,
        follow,
        upper -> upper.directory().setXattr(upper.name(), xattrs.inLayer(xattr), value));
  }

  void removeXattr(Spot spot, boolean follow, String xattr) throws IOException {
    tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, follow);
          Entry shown = place.present();
          tree.requireWritable();
          protection.requireChangeable(shown);
          if (xattrs.get(shown, xattr).isEmpty()) {
            // Nothing is copied up for that; source: fs/overlayfs/xattrs.c, ovl_xattr_set.
            throw Errno.ENODATA.exception();
          }
          Entry upper = copyUp.entry(place, CopyUp.Amount.METADATA);
          upper.directory().removeXattr(upper.name(), xattrs.inLayer(xattr));
          return place;
        });
  }
}
