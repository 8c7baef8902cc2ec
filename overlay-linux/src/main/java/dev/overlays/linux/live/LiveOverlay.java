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
 * An overlay that is mounted, at one place or several, in one mount namespace or several.
 *
 * @param device the number of its file system
 * @param options as the kernel prints them
 * @param places where it is mounted
 */
public record LiveOverlay(String device, String options, List<MountPlace> places) {
  private static final Pattern ROOTLESS_VIEW = Pattern.compile("/dev/null/view-(\\d{1,9})-\\d+");

  /**
   * One of its mounts.
   *
   * @param pid a process that sees it; {@code self} where this process does
   * @param mount the mount
   * @param table the mounts that the process sees, where it is another one
   */
  public record MountPlace(String pid, MountRecord mount, List<MountRecord> table) {

    /** A mount that this process sees. */
    static MountPlace placeHere(MountRecord mount) {
      return new MountPlace("self", mount, List.of());
    }

    /** Where what is open by a path of {@link #pathSeenHere} is mounted, as the process has it. */
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

    /** The path by which this process sees what that one has at another. */
    Path pathSeenHere(Path path) {
      return MountNamespaces.pathSeenHere(pid, path);
    }

    /**
     * Names the place in a message.
     *
     * @return the mount point, and the process of another namespace
     */
    public String placeWords() {
      return mount.mountPoint()
          + (pid.equals("self") ? "" : " in the mount namespace of process " + pid);
    }
  }

  /**
   * Lists the overlays in the mount tables of all processes that this one may look at.
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
   * Tells whether it is still mounted.
   *
   * @return whether one of its mounts is there, and not another by the same number
   */
  public boolean isMounted() {
    return places.stream()
        .anyMatch(place -> MountNamespaces.tableOf(place.pid()).contains(place.mount()));
  }

  /**
   * Tells whether it is a view of this library without root's rights. The JVM that has mounted it
   * has locks on its layers as long as it lives, and the view ends with it; the names of the layers
   * may be links that are gone. Source: ViewPlace and LayerLinks of the package rootless.
   *
   * @return whether it is, and its JVM lives
   */
  public boolean isGuardedByLocks() {
    return places.stream()
        .map(place -> ROOTLESS_VIEW.matcher(place.mount().mountPoint().toString()))
        .anyMatch(
            view -> view.matches() && ProcessHandle.of(Long.parseLong(view.group(1))).isPresent());
  }

  /** Whether all that this process sees by paths is in it, but for what is mounted there. */
  boolean isOwnRoot() {
    return places.stream()
        .anyMatch(
            place -> place.pid().equals("self") && place.mount().mountPoint().getNameCount() == 0);
  }

  /** A mount of it that is on top, so that its files can be looked at. */
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
        if (id.mountRoot() && isOn(id)) {
          return Optional.of(new OpenedView(root, id, place.mount().root()));
        }
      } catch (SyscallException e) {
        root.close();
        throw e;
      }
      root.close();
    } catch (SyscallException e) {
      // It is gone, covered, or none of ours to look at.
      return Optional.empty();
    }
    return Optional.empty();
  }

  /** Whether a directory is one that this overlay shows. */
  boolean isOn(FileId directory) {
    return device.equals(OwnDisks.deviceNumber(directory));
  }
}
