package dev.overlays.linux.mount;

import dev.overlays.OverlayMount;
import java.util.ArrayList;
import java.util.List;

/** The mounts of this process that no mount table shows, or not as what they are. */
public final class LiveMounts {
  private static final List<OverlayMount> ALL = new ArrayList<>();

  private LiveMounts() {}

  /**
   * Remembers a mount until it is unmounted.
   *
   * @param mount the mount
   * @param <M> its kind
   * @return the same
   */
  public static <M extends OverlayMount> M add(M mount) {
    synchronized (ALL) {
      ALL.removeIf(other -> !other.isMounted());
      ALL.add(mount);
      return mount;
    }
  }

  /**
   * Lists the mounts of a backend.
   *
   * @param backend its name
   * @return those that are mounted, in the order in which they were
   */
  public static List<OverlayMount> of(String backend) {
    List<OverlayMount> all;
    synchronized (ALL) {
      all = List.copyOf(ALL);
    }
    return all.stream()
        .filter(mount -> mount.isMounted() && mount.backend().equals(backend))
        .toList();
  }
}
