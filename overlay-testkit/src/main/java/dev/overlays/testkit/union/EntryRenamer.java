package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;

/**
 * Renames entries. Sources: rename(2), the kernel's fs/namei.c for what is refused and in which
 * order, and fs/overlayfs/dir.c, {@code ovl_rename}.
 */
final class EntryRenamer {
  private final UnionTree tree;
  private final CopyUp copyUp;
  private final UpperPublisher publisher;
  private final RedirectWriter redirectWriter;
  private final ProtectionCheck protection;

  EntryRenamer(UnionTree tree, CopyUp copyUp) {
    this.tree = tree;
    this.copyUp = copyUp;
    publisher = new UpperPublisher(tree.unionLayers());
    redirectWriter = new RedirectWriter(tree.unionLayers());
    protection = new ProtectionCheck(tree.unionLayers());
  }

  void rename(ResolvedPath from, ResolvedPath to) throws IOException {
    ViewEntry moving = from.requireEntry();
    if (to.directory().isRemoved()) {
      throw ErrorNumber.ENOENT.toException();
    }
    requireNoLoop(from, to);
    if (isSame(from, to)) {
      return;
    }
    protection.requireRemovable(from);
    if (to.isThere()) {
      protection.requireRemovable(to);
    } else {
      protection.requireAddable(to);
    }
    requireKind(moving, to);
    if (moving.isDirectory()) {
      requireMovable(from);
    }
    if (to.isThere() && to.requireEntry().isDirectory()) {
      EntryRemover.requireEmpty(to);
    }
    moveEntry(from, to);
  }

  private static void requireNoLoop(ResolvedPath from, ResolvedPath to) throws IOException {
    if (from.requireEntry().isDirectory() && to.directory().isIn(from.asDirectory())) {
      throw ErrorNumber.EINVAL.toException();
    }
    if (to.isThere()
        && to.requireEntry().isDirectory()
        && from.directory() != to.directory()
        && from.directory().isIn(to.asDirectory())) {
      throw ErrorNumber.ENOTEMPTY.toException();
    }
  }

  /**
   * Whether both are names of one inode, which rename(2) leaves alone; the names of a lower's file
   * have an inode each.
   */
  private static boolean isSame(ResolvedPath from, ResolvedPath to) throws IOException {
    if (from.directory() == to.directory() && from.name().equals(to.name())) {
      return true;
    }
    if (to.entry().isEmpty() || !from.requireEntry().inUpper() || !to.requireEntry().inUpper()) {
      return false;
    }
    EntryStat stat = from.requireEntry().stat();
    return !stat.isDirectory() && stat.sameInode(to.requireEntry().stat());
  }

  private static void requireKind(ViewEntry moving, ResolvedPath to) throws IOException {
    if (to.isThere() && moving.isDirectory() != to.requireEntry().isDirectory()) {
      throw (moving.isDirectory() ? ErrorNumber.ENOTDIR : ErrorNumber.EISDIR).toException();
    }
  }

  /** Fails for a merged directory if redirects are not written. */
  private void requireMovable(ResolvedPath from) throws IOException {
    if (from.asDirectory().isMerged() && !tree.unionLayers().writesRedirects()) {
      throw ErrorNumber.EXDEV.toException();
    }
  }

  private void moveEntry(ResolvedPath from, ResolvedPath to) throws IOException {
    ViewEntry copy = copyUp.copyUpEntry(from, CopyUp.CopyAmount.METADATA);
    LayerDirectory source = copyUp.copyUpDirectory(from.directory());
    copyUp.copyUpDirectory(to.directory());
    boolean directory = copy.isDirectory();
    boolean hides = from.isInLowers();
    redirectWriter.prepareRename(from, to);
    Name whiteout = hides ? publisher.stageWhiteout(source) : null;
    publisher.putEntry(source, from.name(), directory, to);
    if (whiteout != null) {
      publisher.putAtFreeName(whiteout, source, from.name());
    }
    if (directory) {
      to.directory().childRemoved(to.name());
      from.directory().childMoved(from.name(), to.directory(), to.name());
    }
  }
}
