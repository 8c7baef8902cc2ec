package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The operations that read a view. */
final class ViewQueries {
  private static final int ANY_EXECUTE = 0111;

  private final UnionTree tree;
  private final ShownXattrs xattrs;

  ViewQueries(UnionTree tree) {
    this.tree = tree;
    xattrs = new ShownXattrs(tree.unionLayers().markNamespace());
  }

  /** Answers a question about the entry at a path. */
  private <T> T askEntry(UnresolvedPath unresolved, boolean follow, ViewQuestion<T> question)
      throws IOException {
    return tree.runLocked(
        () -> question.ask(PathResolver.resolvePath(tree, unresolved, follow).requireEntry()));
  }

  @FunctionalInterface
  private interface ViewQuestion<T> {
    T ask(ViewEntry entry) throws IOException;
  }

  EntryStat stat(UnresolvedPath unresolved, boolean follow) throws IOException {
    return tree.runLocked(
        () -> tree.inodeNumbers().shownStat(PathResolver.resolvePath(tree, unresolved, follow)));
  }

  UnionAttributes readAttributes(UnresolvedPath unresolved, boolean follow) throws IOException {
    return tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, follow);
          ViewEntry entry = place.requireEntry();
          return new UnionAttributes(
              tree.inodeNumbers().shownStat(place), entry.directory().birthTime(entry.name()));
        });
  }

  byte[] readSymlink(UnresolvedPath unresolved) throws IOException {
    return askEntry(
        unresolved,
        false,
        entry -> {
          if (!entry.isSymlink()) {
            throw ErrorNumber.EINVAL.toException();
          }
          return entry.directory().readSymlink(entry.name());
        });
  }

  List<LayerEntry> listEntries(ViewDirectory directory) throws IOException {
    return tree.runLocked(directory::listEntries);
  }

  List<String> listXattrs(UnresolvedPath unresolved, boolean follow) throws IOException {
    return askEntry(unresolved, follow, xattrs::listShown);
  }

  Optional<byte[]> readXattr(UnresolvedPath unresolved, boolean follow, String xattr)
      throws IOException {
    return askEntry(unresolved, follow, entry -> xattrs.readShown(entry, xattr));
  }

  /** Returns the path without links and dots. */
  String realPath(UnresolvedPath unresolved, boolean follow) throws IOException {
    return tree.runLocked(
        () -> {
          ResolvedPath place = PathResolver.resolvePath(tree, unresolved, follow);
          place.requireEntry();
          return place.pathText();
        });
  }

  /**
   * Fails if root has no such access. Root may read everything, write everything unless the view is
   * read-only, and execute a file only if some execute bit is set.
   */
  void checkAccess(UnresolvedPath unresolved, boolean write, boolean execute) throws IOException {
    EntryStat stat = stat(unresolved, true);
    if (write && !isNode(stat)) {
      tree.requireWritable();
    }
    if (execute && !stat.isDirectory() && (stat.mode() & ANY_EXECUTE) == 0) {
      throw ErrorNumber.EACCES.toException();
    }
  }

  private static boolean isNode(EntryStat stat) {
    return stat.type() != EntryType.FILE && !stat.isDirectory();
  }

  /** Finds a directory and adds a holder; the caller releases it. */
  ViewDirectory holdDirectory(UnresolvedPath unresolved, boolean follow) throws IOException {
    return tree.runLocked(
        () -> {
          ViewDirectory directory =
              PathResolver.resolvePath(tree, unresolved, follow).asDirectory();
          directory.addHolder();
          return directory;
        });
  }
}
