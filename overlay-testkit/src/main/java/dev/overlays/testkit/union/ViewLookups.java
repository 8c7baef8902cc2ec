package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The operations that read a view. */
final class ViewLookups {
  private static final int ANY_EXECUTE = 0111;

  private final UnionTree tree;
  private final ShownXattrs xattrs;

  ViewLookups(UnionTree tree) {
    this.tree = tree;
    xattrs = new ShownXattrs(tree.layers().marks());
  }

  /** Answers a question about the entry at a path. */
  private <T> T of(StartingPath unresolved, boolean follow, ViewQuestion<T> question)
      throws IOException {
    return tree.locked(() -> question.ask(PathWalk.to(tree, unresolved, follow).present()));
  }

  @FunctionalInterface
  private interface ViewQuestion<T> {
    T ask(UnionEntry entry) throws IOException;
  }

  EntryStat stat(StartingPath unresolved, boolean follow) throws IOException {
    return tree.locked(() -> tree.identities().shown(PathWalk.to(tree, unresolved, follow)));
  }

  UnionAttributes attributes(StartingPath unresolved, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, follow);
          UnionEntry entry = place.present();
          return new UnionAttributes(
              tree.identities().shown(place), entry.directory().birthTime(entry.name()));
        });
  }

  byte[] readSymlink(StartingPath unresolved) throws IOException {
    return of(
        unresolved,
        false,
        entry -> {
          if (!entry.isSymlink()) {
            throw ErrorNumber.EINVAL.exception();
          }
          return entry.directory().readSymlink(entry.name());
        });
  }

  List<LayerEntry> list(UnionDirectory directory) throws IOException {
    return tree.locked(directory::list);
  }

  List<String> xattrs(StartingPath unresolved, boolean follow) throws IOException {
    return of(unresolved, follow, xattrs::list);
  }

  Optional<byte[]> xattr(StartingPath unresolved, boolean follow, String xattr) throws IOException {
    return of(unresolved, follow, entry -> xattrs.get(entry, xattr));
  }

  /** Returns the path without links and dots. */
  String realPath(StartingPath unresolved, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, unresolved, follow);
          place.present();
          return place.text();
        });
  }

  /**
   * Fails if root has no such access. Root may read everything, write everything unless the view is
   * read-only, and execute a file only if some execute bit is set.
   */
  void access(StartingPath unresolved, boolean write, boolean execute) throws IOException {
    EntryStat stat = stat(unresolved, true);
    if (write && !isNode(stat)) {
      tree.requireWritable();
    }
    if (execute && !stat.isDirectory() && (stat.mode() & ANY_EXECUTE) == 0) {
      throw ErrorNumber.EACCES.exception();
    }
  }

  private static boolean isNode(EntryStat stat) {
    return stat.type() != EntryType.FILE && !stat.isDirectory();
  }

  /** Finds a directory and adds a holder; the caller releases it. */
  UnionDirectory hold(StartingPath unresolved, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          UnionDirectory directory = PathWalk.to(tree, unresolved, follow).asDirectory();
          directory.hold();
          return directory;
        });
  }
}
