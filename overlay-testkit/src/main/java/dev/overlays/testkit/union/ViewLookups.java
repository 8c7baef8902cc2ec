package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What is asked of a view. */
final class ViewLookups {
  private static final int ANY_EXECUTE = 0111;

  private final UnionTree tree;
  private final ShownXattrs xattrs;

  ViewLookups(UnionTree tree) {
    this.tree = tree;
    xattrs = new ShownXattrs(tree.layers().marks());
  }

  /** Asks something of the entry that is shown at a spot. */
  private <T> T of(StartingPath spot, boolean follow, ViewQuestion<T> question) throws IOException {
    return tree.locked(() -> question.ask(PathWalk.to(tree, spot, follow).present()));
  }

  @FunctionalInterface
  private interface ViewQuestion<T> {
    T ask(UnionEntry entry) throws IOException;
  }

  EntryStat stat(StartingPath spot, boolean follow) throws IOException {
    return tree.locked(() -> tree.identities().shown(PathWalk.to(tree, spot, follow)));
  }

  UnionAttributes attributes(StartingPath spot, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, spot, follow);
          UnionEntry entry = place.present();
          return new UnionAttributes(
              tree.identities().shown(place), entry.directory().birthTime(entry.name()));
        });
  }

  byte[] readSymlink(StartingPath spot) throws IOException {
    return of(
        spot,
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

  List<String> xattrs(StartingPath spot, boolean follow) throws IOException {
    return of(spot, follow, xattrs::list);
  }

  Optional<byte[]> xattr(StartingPath spot, boolean follow, String xattr) throws IOException {
    return of(spot, follow, entry -> xattrs.get(entry, xattr));
  }

  /** The path without links and dots, as text. */
  String realPath(StartingPath spot, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          ResolvedPlace place = PathWalk.to(tree, spot, follow);
          place.present();
          return place.text();
        });
  }

  /**
   * Fails if the access is refused to root, who may read and write everything that is not mounted
   * for reading only, but execute only what somebody may.
   */
  void access(StartingPath spot, boolean write, boolean execute) throws IOException {
    EntryStat stat = stat(spot, true);
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

  /** Finds a directory, and holds it until it is released. */
  UnionDirectory hold(StartingPath spot, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          UnionDirectory directory = PathWalk.to(tree, spot, follow).asDirectory();
          directory.hold();
          return directory;
        });
  }
}
