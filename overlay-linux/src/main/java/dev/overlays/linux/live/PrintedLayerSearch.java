package dev.overlays.linux.live;

import dev.overlays.layer.PathBytes;
import dev.overlays.linux.live.LiveOverlay.MountPlace;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.InodeHandle;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountNamespaces;
import dev.overlays.linux.table.PrintedLayer;
import dev.overlays.linux.table.PrintedLayer.PrintedKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Searches for the layers of an overlay by the paths that the kernel prints: absolute paths in
 * every mount namespace that has the overlay, relative paths below each ancestor of the mount
 * point, where all of them must exist.
 */
final class PrintedLayerSearch implements AutoCloseable {
  private static final byte[] SELF = {'.'};

  private final LiveOverlay overlay;
  private final Optional<RealInode> root;

  /** The layer whose root the root of the overlay shows. */
  private final Optional<PrintedLayer> shown;

  private final List<PrintedLayer> printed;
  private final List<FoundLayer> found = new ArrayList<>();
  private final Map<PrintedLayer, FileSystemPlace> hidden = new LinkedHashMap<>();
  private final Set<PrintedLayer> elsewhere = new HashSet<>();

  private PrintedLayerSearch(LiveOverlay overlay, Optional<RealInode> root) {
    this.overlay = overlay;
    this.root = root;
    this.printed = PrintedLayer.of(overlay.options());
    this.shown = root.flatMap(r -> firstOf(r.upper() ? PrintedKind.UPPER : PrintedKind.LOWER));
  }

  /**
   * Searches.
   *
   * @param overlay the overlay
   * @param root the inode that its root shows, if the kernel returns it: the printed paths have to
   *     lead to it
   */
  static PrintedLayerSearch searchIn(LiveOverlay overlay, Optional<RealInode> root) {
    PrintedLayerSearch search = new PrintedLayerSearch(overlay, root);
    try {
      search.findAbsolute();
      search.findRelative();
      return search;
    } catch (RuntimeException | Error e) {
      search.close();
      throw e;
    }
  }

  private Optional<PrintedLayer> firstOf(PrintedKind kind) {
    return printed.stream().filter(layer -> layer.kind() == kind).findFirst();
  }

  List<PrintedLayer> printedLayers() {
    return printed;
  }

  List<FoundLayer> foundLayers() {
    return found;
  }

  /** The layers that the overlay itself covers by its mount point. */
  Map<PrintedLayer, FileSystemPlace> hiddenLayers() {
    return hidden;
  }

  /** The layers of which nothing is known. */
  List<PrintedLayer> missingLayers() {
    Set<PrintedLayer> known = new HashSet<>(elsewhere);
    known.addAll(hidden.keySet());
    found.stream().map(FoundLayer::layer).filter(layer -> !layer.isNameless()).forEach(known::add);
    return printed.stream().filter(layer -> !known.contains(layer)).toList();
  }

  /** Counts the layers that are known not to belong to this process although they are not open. */
  long countElsewhere(LayerFileSystems disks) {
    return elsewhere.size()
        + hidden.values().stream().filter(place -> !disks.canSearch(place.device())).count();
  }

  private void findAbsolute() {
    Map<String, MountPlace> namespaces = new LinkedHashMap<>();
    overlay.places().forEach(place -> namespaces.putIfAbsent(place.pid(), place));
    for (PrintedLayer layer : printed) {
      boolean dead = layer.isNameless() && !layer.readings().get(0).equals("/");
      if (!layer.isRelative() && !dead) {
        namespaces.values().forEach(place -> findAbsolute(layer, place));
      }
    }
  }

  private void findAbsolute(PrintedLayer layer, MountPlace place) {
    for (String reading : layer.readings()) {
      Path path =
          place.pathSeenHere(PathBytes.toPath(reading.getBytes(StandardCharsets.ISO_8859_1)));
      Optional<FoundLayer> opened = open(layer, path);
      if (opened.isEmpty()) {
        continue;
      }
      if (isCovered(place, opened.get())) {
        try (FoundLayer cover = opened.get()) {
          placeBelow(place, cover).ifPresent(below -> hidden.put(layer, below));
        }
      } else if (isKnown(opened.get()) || isOutdated(opened.get())) {
        opened.get().close();
      } else {
        found.add(opened.get());
      }
    }
  }

  /** Whether the overlay itself was found in place of a layer, because it is mounted over it. */
  private boolean isCovered(MountPlace place, FoundLayer seen) {
    if (overlay.showsDirectory(seen.id())) {
      return true;
    }
    try {
      return place.mountPointOf(seen.handle()).equals(Optional.of(place.mount().mountPoint()));
    } catch (IOException e) {
      return false;
    }
  }

  /** Most namespaces are copies with the same directories. */
  private boolean isKnown(FoundLayer layer) {
    return found.stream()
        .anyMatch(
            other -> other.layer().equals(layer.layer()) && other.id().isSameFile(layer.id()));
  }

  private static Optional<FileSystemPlace> placeBelow(MountPlace place, FoundLayer cover) {
    try {
      return FileSystemPlace.placeUnder(
          place.mount(), cover.handle().targetPath(), MountNamespaces.tableOf(place.pid()));
    } catch (SyscallException e) {
      return Optional.empty();
    }
  }

  private void findRelative() {
    List<PrintedLayer> relative = printed.stream().filter(PrintedLayer::isRelative).toList();
    if (relative.isEmpty()) {
      return;
    }
    for (MountPlace place : overlay.places()) {
      Path above = place.mount().mountPoint();
      while (above != null) {
        findBelow(place.pathSeenHere(above), relative);
        above = above.getParent();
      }
    }
  }

  /**
   * Accepts a directory only if all relative layers exist in it, and the root shows the right one.
   */
  private void findBelow(Path directory, List<PrintedLayer> relative) {
    List<FoundLayer> here = new ArrayList<>();
    boolean all = true;
    for (PrintedLayer layer : relative) {
      Optional<FoundLayer> opened = openBelow(directory, layer);
      opened.ifPresent(here::add);
      all &= opened.isPresent() || layer.kind() == PrintedKind.WORK;
    }
    here.stream().filter(this::isKnown).toList().forEach(FoundLayer::close);
    here.removeIf(this::isKnown);
    if (all && here.stream().noneMatch(this::isOutdated)) {
      found.addAll(here);
    } else {
      here.forEach(FoundLayer::close);
    }
  }

  private Optional<FoundLayer> openBelow(Path directory, PrintedLayer layer) {
    byte[] start = PathBytes.of(directory);
    for (String reading : layer.readings()) {
      byte[] name = ("/" + reading).getBytes(StandardCharsets.ISO_8859_1);
      byte[] path = new byte[start.length + name.length];
      System.arraycopy(start, 0, path, 0, start.length);
      System.arraycopy(name, 0, path, start.length, name.length);
      Optional<FoundLayer> opened = open(layer, PathBytes.toPath(path));
      if (opened.isPresent() && !overlay.showsDirectory(opened.get().id())) {
        return opened;
      }
      opened.ifPresent(FoundLayer::close);
    }
    return Optional.empty();
  }

  private Optional<FoundLayer> open(PrintedLayer layer, Path path) {
    try {
      Descriptor handle = Descriptor.open(path, OpenFlags.PATH | OpenFlags.DIRECTORY);
      try {
        return Optional.of(new FoundLayer(layer, path, handle, FileId.of(handle)));
      } catch (SyscallException e) {
        handle.close();
        throw e;
      }
    } catch (SyscallException e) {
      if (e.errno() == Errno.EACCES || e.errno() == Errno.EPERM) {
        // A layer of this process cannot be where this process may not go.
        elsewhere.add(layer);
      }
      return Optional.empty();
    }
  }

  /** Whether a path leads to another directory by now, judged by the inode that the root shows. */
  private boolean isOutdated(FoundLayer layer) {
    return shown.equals(Optional.of(layer.layer()))
        && !InodeHandle.handleAt(layer.handle(), SELF).equals(root.map(RealInode::handle));
  }

  @Override
  public void close() {
    found.forEach(FoundLayer::close);
  }
}
