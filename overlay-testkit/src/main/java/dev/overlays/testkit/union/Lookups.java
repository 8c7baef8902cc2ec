package dev.overlays.testkit.union;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The operations that read a view. */
final class Lookups {
  private static final int ANY_EXECUTE = 0111;

  private final Tree tree;
  private final Xattrs xattrs;

  Lookups(Tree tree) {
    this.tree = tree;
    xattrs = new Xattrs(tree.layers().marks());
  }

  /** Answers a question about the entry at a path. */
  private <T> T of(Spot unresolved, boolean follow, Question<T> question) throws IOException {
    return tree.locked(() -> question.ask(Walk.to(tree, unresolved, follow).present()));
  }

  @FunctionalInterface
  private interface Question<T> {
    T ask(Entry entry) throws IOException;
  }

  EntryStat stat(Spot unresolved, boolean follow) throws IOException {
    return tree.locked(() -> tree.identities().shown(Walk.to(tree, unresolved, follow)));
  }

  UnionAttributes attributes(Spot unresolved, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, follow);
          Entry entry = place.present();
          return new UnionAttributes(
              tree.identities().shown(place), entry.directory().birthTime(entry.name()));
        });
  }

  byte[] readSymlink(Spot unresolved) throws IOException {
    return of(
        unresolved,
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

  List<String> xattrs(Spot unresolved, boolean follow) throws IOException {
    return of(unresolved, follow, xattrs::list);
  }

  Optional<byte[]> xattr(Spot unresolved, boolean follow, String xattr) throws IOException {
    return of(unresolved, follow, entry -> xattrs.get(entry, xattr));
  }

  /** Returns the path without links and dots. */
  String realPath(Spot unresolved, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          Place place = Walk.to(tree, unresolved, follow);
          place.present();
          return place.text();
        });
  }

  /**
   * Fails if root has no such access. Root may read everything, write everything unless the view is
   * read-only, and execute a file only if some execute bit is set.
   */
  void access(Spot unresolved, boolean write, boolean execute) throws IOException {
    EntryStat stat = stat(unresolved, true);
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

  /** Finds a directory and adds a holder; the caller releases it. */
  Directory hold(Spot unresolved, boolean follow) throws IOException {
    return tree.locked(
        () -> {
          Directory directory = Walk.to(tree, unresolved, follow).asDirectory();
          directory.hold();
          return directory;
        });
  }
}
