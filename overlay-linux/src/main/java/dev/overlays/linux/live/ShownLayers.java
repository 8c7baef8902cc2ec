package dev.overlays.linux.live;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.InodeHandle;
import dev.overlays.linux.syscall.SyscallException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lowers of which a view shows entries, found by the inodes of these entries: either their
 * place on the disks of this process's layers, or the fact that they are on other disks. A lower of
 * which nothing is visible, because it is empty or entirely covered, is not among them.
 */
final class ShownLayers {
  private static final int MOST_ENTRIES = 20_000;
  private static final int MOST_OF_ROOT = 256;
  private static final Path ROOT = Path.of("/");

  private final OpenedView view;
  private final List<FoundLayer> known;
  private final Collection<FileSystemPlace> knownPlaces;
  private final LayerFileSystems disks;

  private final Set<FoundLayer> confirmed = new HashSet<>();
  private final Set<FileSystemPlace> places = new HashSet<>();

  /**
   * Disks that are otherwise unknown, by their UUID and by the device numbers that their files have
   * in the view.
   */
  private final SeenDisks<String> uuids = new SeenDisks<>();

  private final SeenDisks<Long> devices = new SeenDisks<>();

  /** The disks that were seen, of known layers and of others. */
  private record SeenDisks<T>(Set<T> ofKnown, Set<T> ofOthers) {
    SeenDisks() {
      this(new HashSet<>(), new HashSet<>());
    }

    int diskCount() {
      return (int) ofOthers.stream().filter(disk -> !ofKnown.contains(disk)).count();
    }
  }

  /**
   * Prepares the search.
   *
   * @param view the view
   * @param known lowers that are known by their paths
   * @param knownPlaces lowers that are known by their places
   * @param disks the disks of this process's layers
   */
  ShownLayers(
      OpenedView view,
      List<FoundLayer> known,
      Collection<FileSystemPlace> knownPlaces,
      LayerFileSystems disks) {
    this.view = view;
    this.known = known;
    this.knownPlaces = knownPlaces;
    this.disks = disks;
  }

  /** The lowers known by their paths of which entries were seen. */
  Set<FoundLayer> confirmedLayers() {
    return confirmed;
  }

  /** Places of lowers that are not known by their paths, none inside another. */
  Set<FileSystemPlace> shownPlaces() {
    return places;
  }

  /** Returns the least number of otherwise unknown lowers that were seen. */
  int countOthers() {
    return places.size() + Math.max(uuids.diskCount(), devices.diskCount());
  }

  /** Inspects the root and its entries. */
  void lookAtRoot() {
    Path root = view.directory().pathOfDirectory();
    lookAt(root, root);
    lookInto(root, root, new ArrayDeque<>(), MOST_OF_ROOT, Integer.MAX_VALUE);
  }

  /** Inspects the tree, from the top down, until enough other lowers were seen. */
  void lookThrough(int enough) {
    Path root = view.directory().pathOfDirectory();
    lookAt(root, root);
    Deque<Path> directories = new ArrayDeque<>();
    directories.add(root);
    int left = MOST_ENTRIES;
    while (!directories.isEmpty() && left > 0 && countOthers() < enough) {
      left -= lookInto(root, directories.poll(), directories, left, enough);
    }
  }

  /** Inspects a directory and returns the number of its entries. */
  private int lookInto(Path root, Path directory, Deque<Path> directories, int most, int enough) {
    int seen = 0;
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        seen++;
        if (!Files.isSymbolicLink(entry) && lookAt(root, entry)) {
          directories.add(entry);
        }
        if (seen >= most || countOthers() >= enough) {
          break;
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      // It has disappeared or is not accessible: what it shows stays unknown.
      return seen;
    }
    return seen;
  }

  /** Inspects an entry, and returns whether it is a directory of the view. */
  private boolean lookAt(Path root, Path entry) {
    byte[] path = PathBytes.of(entry);
    try {
      FileId id = FileId.of(path);
      if (!id.isOnSameMount(view.id())) {
        return false;
      }
      RealInode.shownAt(path)
          .filter(shown -> !shown.upper() && hasOneName(entry, id))
          .ifPresent(shown -> assignLayer(shown, id, ROOT.relativize(pathInOverlay(root, entry))));
      return id.isDirectory();
    } catch (SyscallException e) {
      // It is gone, or its identity cannot be determined.
      return false;
    }
  }

  /**
   * Whether a file has only one name: other names may be in other directories and would mislead.
   */
  private static boolean hasOneName(Path entry, FileId id) {
    try {
      return id.isDirectory() || Files.getAttribute(entry, "unix:nlink").equals(1);
    } catch (IOException e) {
      return false;
    }
  }

  private Path pathInOverlay(Path root, Path entry) {
    return view.shown().resolve(root.relativize(entry)).normalize();
  }

  private void assignLayer(RealInode shown, FileId id, Path names) {
    Optional<FoundLayer> layer =
        known.stream().filter(l -> holdsInode(l, names, shown)).findFirst();
    if (layer.isPresent()) {
      confirmed.add(layer.get());
      recordDisk(shown, id, true);
      return;
    }
    LayerFileSystems.DiskAnswer answer = disks.findInode(shown);
    if (answer.isElsewhere() && answer.place().isEmpty()) {
      recordDisk(shown, id, false);
    }
    if (answer.place().isPresent()) {
      recordDisk(shown, id, true);
      answer.place().flatMap(place -> place.placeAbove(names)).ifPresent(this::addPlace);
    }
  }

  private void recordDisk(RealInode shown, FileId id, boolean ofKnown) {
    (ofKnown ? uuids.ofKnown() : uuids.ofOthers()).add(shown.uuid());
    if (!id.isDirectory()) {
      (ofKnown ? devices.ofKnown() : devices.ofOthers()).add(id.device());
    }
  }

  /**
   * Adds a place. After a rename a place may be too deep in its layer, so the outer one is kept.
   */
  private void addPlace(FileSystemPlace place) {
    boolean inside =
        knownPlaces.stream().anyMatch(outer -> outer.containsPlace(place))
            || places.stream().anyMatch(outer -> outer.containsPlace(place));
    if (!inside) {
      places.removeIf(place::containsPlace);
      places.add(place);
    }
  }

  private static boolean holdsInode(FoundLayer layer, Path names, RealInode shown) {
    byte[] absolute = PathBytes.of(ROOT.resolve(names));
    byte[] relative =
        absolute.length == 1
            ? ".".getBytes(StandardCharsets.US_ASCII)
            : Arrays.copyOfRange(absolute, 1, absolute.length);
    return InodeHandle.handleAt(layer.handle(), relative).equals(Optional.of(shown.handle()));
  }
}
