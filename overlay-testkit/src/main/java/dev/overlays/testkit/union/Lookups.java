package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** What is asked of a view. */
final class Lookups {
  private static final int ANY_EXECUTE = 0111;

  private final Tree tree;
  private final Xattrs xattrs;

  Lookups(Tree tree) {
    this.tree = tree;
    xattrs = new Xattrs(tree.layers().marks());
  }

  /** Asks something of the entry that is shown at a spot. */
  private <T> T of(Spot spot, boolean follow, Question<T> question) throws IOException {
    return tree.locked(() -> question.ask(Walk.to(tree, spot, follow).present()));
  }

  @FunctionalInterface
  private interface Question<T> {
    T ask(Entry entry) throws IOException;
  }

  EntryStat stat(Spot spot, boolean follow) throws IOException {
    return tree.locked(() -> tree.identities().shown(Walk.to(tree, spot, follow)));
  }

  UnionAttributes attributes(Spot spot, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, follow);
          Entry entry = place.present();
          return new UnionAttributes(
              tree.identities().shown(place), entry.directory().birthTime(entry.name()));
        });
  }

  byte[] readSymlink(Spot spot) throws IOException {
    return of(
        spot,
        false,
        entry -> {
          if (!entry.isSymlink()) {
            throw Errno.EINVAL.exception();
          }
          return entry.directory().readSymlink(entry.name());
        });
  }

  List<LayerEntry> list(Directory directory) throws IOException {
    return tree.locked(directory::list);
  }

  List<String> xattrs(Spot spot, boolean follow) throws IOException {
    return of(spot, follow, xattrs::list);
  }

  Optional<byte[]> xattr(Spot spot, boolean follow, String xattr) throws IOException {
    return of(spot, follow, entry -> xattrs.get(entry, xattr));
  }

  /** The path without links and dots, as text. */
  String realPath(Spot spot, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          Place place = Walk.to(tree, spot, follow);
          place.present();
          return place.text();
        });
  }

  /**
   * Fails if the access is refused to root, who may read and write everything that is not mounted
   * for reading only, but execute only what somebody may.
   */
  void access(Spot spot, boolean write, boolean execute) throws IOException {
    EntryStat stat = stat(spot, true);
    if (write && !isNode(stat)) {
      tree.requireWritable();
    }
    if (execute && !stat.isDirectory() && (stat.mode() & ANY_EXECUTE) == 0) {
      throw Errno.EACCES.exception();
    }
  }

  private static boolean isNode(EntryStat stat) {
    return stat.type() != EntryType.FILE && !stat.isDirectory();
  }

  /** Finds a directory, and holds it until it is released. */
  Directory hold(Spot spot, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          Directory directory = Walk.to(tree, spot, follow).asDirectory();
          directory.hold();
          return directory;
        });
  }
}
