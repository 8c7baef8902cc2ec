package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * Renames entries. Sources: rename(2), the kernel's fs/namei.c for what is refused and in which
 * order, and fs/overlayfs/dir.c, {@code ovl_rename}.
 */
final class EntryRenaming {
  private final UnionTree tree;
  private final CopyUp copyUp;
  private final UpperPublication publication;
  private final RedirectWriting redirects;
  private final ChattrProtection protection;

  EntryRenaming(UnionTree tree, CopyUp copyUp) {
    this.tree = tree;
    this.copyUp = copyUp;
    publication = new UpperPublication(tree.layers());
    redirects = new RedirectWriting(tree.layers());
    protection = new ChattrProtection(tree.layers());
  }

  void rename(ResolvedPlace from, ResolvedPlace to) throws IOException {
    UnionEntry moving = from.present();
    if (to.directory().isRemoved()) {
      throw ErrorNumber.ENOENT.exception();
    }
    requireNoLoop(from, to);
    if (isSame(from, to)) {
      return;
    }
    protection.requireRemovable(from);
    if (to.isThere()) {
      protection.requireRemovable(to);
    } else {
      protection.requireAddable(to.directory());
    }
    requireKind(moving, to);
    if (moving.isDirectory()) {
      requireMovable(from);
    }
    if (to.isThere() && to.present().isDirectory()) {
      EntryRemoval.requireEmpty(to);
    }
    move(from, to);
  }

  private static void requireNoLoop(ResolvedPlace from, ResolvedPlace to) throws IOException {
    if (from.present().isDirectory() && to.directory().isIn(from.asDirectory())) {
      throw ErrorNumber.EINVAL.exception();
    }
    if (to.isThere()
        && to.present().isDirectory()
        && from.directory() != to.directory()
        && from.directory().isIn(to.asDirectory())) {
      throw ErrorNumber.ENOTEMPTY.exception();
    }
  }

  /**
   * Whether both are names of one inode, which rename(2) leaves alone; the names of a lower's file
   * have an inode each.
   */
  private static boolean isSame(ResolvedPlace from, ResolvedPlace to) throws IOException {
    if (from.directory() == to.directory() && from.name().equals(to.name())) {
      return true;
    }
    if (to.entry().isEmpty() || !from.present().inUpper() || !to.present().inUpper()) {
      return false;
    }
    EntryStat stat = from.present().stat();
    return !stat.isDirectory() && stat.sameInode(to.present().stat());
  }

  private static void requireKind(UnionEntry moving, ResolvedPlace to) throws IOException {
    if (to.isThere() && moving.isDirectory() != to.present().isDirectory()) {
      throw (moving.isDirectory() ? ErrorNumber.ENOTDIR : ErrorNumber.EISDIR).exception();
    }
  }

  /** Fails for a merged directory if redirects are not written. */
  private void requireMovable(ResolvedPlace from) throws IOException {
    if (from.asDirectory().isMerged() && !tree.layers().writesRedirects()) {
      throw ErrorNumber.EXDEV.exception();
    }
  }

  private void move(ResolvedPlace from, ResolvedPlace to) throws IOException {
    UnionEntry copy = copyUp.entry(from, CopyUp.CopyAmount.METADATA);
    LayerDirectory source = copyUp.directory(from.directory());
    LayerDirectory target = copyUp.directory(to.directory());
    boolean directory = copy.isDirectory();
    boolean hides = from.directory().below().find(from.name()).isPresent();
    redirects.prepare(from, to);
    Name whiteout = hides ? publication.stageWhiteout(source) : null;
    publication.put(source, from.name(), target, to.name());
    if (whiteout != null) {
      publication.putStaged(whiteout, source, from.name());
    }
    if (directory) {
      to.directory().forget(to.name());
      from.directory().moved(from.name(), to.directory(), to.name());
    }
  }
}
