package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountNamespaces;
import dev.overlays.linux.table.MountRecord;
import dev.overlays.linux.table.MountTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A mounted overlay, possibly with several mounts in several mount namespaces.
 *
 * @param device the device number of its file system
 * @param options as the kernel prints them
 * @param places its mounts
 */
public record LiveOverlay(String device, String options, List<MountPlace> places) {
  private static final Pattern ROOTLESS_VIEW = Pattern.compile("/dev/null/view-(\\d{1,9})-\\d+");

  /**
   * One mount of the overlay.
   *
   * @param pid a process that sees the mount; {@code self} if this process does
   * @param mount the mount
   * @param table the mount table of that process, if it is another one
   */
  public record MountPlace(String pid, MountRecord mount, List<MountRecord> table) {

    /** Returns the place of a mount that this process sees. */
    static MountPlace placeHere(MountRecord mount) {
      return new MountPlace("self", mount, List.of());
    }

    /**
     * Returns the mount point of a file that was opened by {@link #pathSeenHere}, as that process
     * sees it.
     */
    Optional<Path> mountPointOf(Descriptor opened) throws IOException {
      if (pid.equals("self")) {
        return MountTable.findMount(FileId.of(opened)).map(MountRecord::mountPoint);
      }
      long id = FileId.withTableId(opened).mountId();
      return table.stream()
          .filter(other -> other.id() == id)
          .map(MountRecord::mountPoint)
          .findFirst();
    }

    /** Translates a path of that process to one of this process. */
    Path pathSeenHere(Path path) {
      return MountNamespaces.pathSeenHere(pid, path);
    }

    /**
     * Describes the place for a message.
     *
     * @return the mount point and, in another namespace, a process
     */
    public String describePlace() {
      return mount.mountPoint()
          + (pid.equals("self") ? "" : " in the mount namespace of process " + pid);
    }
  }

  /**
   * Lists the overlays in the mount tables of all processes that this one may inspect.
   *
   * @return each once
   */
  public static List<LiveOverlay> listAll() {
    Map<String, LiveOverlay> overlays = new LinkedHashMap<>();
    for (String pid : MountNamespaces.representativePids()) {
      List<MountRecord> table = MountNamespaces.tableOf(pid);
      for (MountRecord mount : table) {
        if (mount.isOverlay()) {
          overlays
              .computeIfAbsent(
                  mount.device(),
                  device -> new LiveOverlay(device, mount.options(), new ArrayList<>()))
              .places()
              .add(new MountPlace(pid, mount, table));
        }
      }
    }
    return List.copyOf(overlays.values());
  }

  /**
   * Returns whether the overlay is still mounted.
   *
   * @return whether one of its mounts still exists, unchanged
   */
  public boolean isMounted() {
    return places.stream()
        .anyMatch(place -> MountNamespaces.tableOf(place.pid()).contains(place.mount()));
  }

  /**
   * Returns whether it is a rootless view of this library. The JVM that mounted it holds locks on
   * its layers as long as it lives, and the view ends with it; the paths of the layers may be links
   * that are gone. Source: ViewPlace and LayerLinks of the package rootless.
   *
   * @return whether it is a rootless view and its JVM lives
   */
  public boolean isGuardedByLocks() {
    return places.stream()
        .map(place -> ROOTLESS_VIEW.matcher(place.mount().mountPoint().toString()))
        .anyMatch(
            view -> view.matches() && ProcessHandle.of(Long.parseLong(view.group(1))).isPresent());
  }

  /** Whether the overlay is the root file system of this process. */
  boolean isOwnRoot() {
    return places.stream()
        .anyMatch(
            place -> place.pid().equals("self") && place.mount().mountPoint().getNameCount() == 0);
  }

  /** Opens a mount of it that nothing covers, so that its files can be inspected. */
  Optional<OpenedView> open() {
    Comparator<MountPlace> wholeFirst =
        Comparator.comparing(place -> place.mount().root().getNameCount());
    return places.stream().sorted(wholeFirst).flatMap(place -> open(place).stream()).findFirst();
  }

  private Optional<OpenedView> open(MountPlace place) {
    try {
      Descriptor root =
          Descriptor.open(
              place.pathSeenHere(place.mount().mountPoint()),
              OpenFlags.RDONLY | OpenFlags.DIRECTORY);
      try {
        FileId id = FileId.of(root);
        if (id.mountRoot() && showsDirectory(id)) {
          return Optional.of(new OpenedView(root, id, place.mount().root()));
        }
      } catch (SyscallException e) {
        root.close();
        throw e;
      }
      root.close();
    } catch (SyscallException e) {
      // It is gone, covered, or not accessible to this process.
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** Whether a directory belongs to this overlay. */
  boolean showsDirectory(FileId directory) {
    return device.equals(LayerFileSystems.deviceNumber(directory));
  }
}
