package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The mounts of this process that no mount table shows, or not as what they are. */
public final class UnlistedMounts {
  private static final List<OverlayMount> ALL = new ArrayList<>();

  private UnlistedMounts() {}

  /**
   * Remembers a mount until it is unmounted.
   *
   * @param mount the mount
   * @param <M> its kind
   * @return the same
   */
  public static <M extends OverlayMount> M addMount(M mount) {
    // Asked outside the lock, so that one slow view does not delay the others.
    List<OverlayMount> gone = listAll().stream().filter(other -> !other.isMounted()).toList();
    synchronized (ALL) {
      ALL.removeAll(gone);
      ALL.add(mount);
      return mount;
    }
  }

  /** Reads mounts from the mount table. */
  @FunctionalInterface
  public interface MountListing {

    /**
     * Reads them.
     *
     * @return the mounts, in the order of the table
     * @throws IOException if the table cannot be read
     */
    List<OverlayMount> readMounts() throws IOException;
  }

  /**
   * Lists what a mount table shows of a backend, and what this process knows of more or better: an
   * ephemeral view is in the table, too, but as a mere mount.
   *
   * @param backend the name of the backend
   * @param table reads the table
   * @return the mounts of both
   * @throws OverlayException if the table cannot be read ({@link ProblemCode#KERNEL_REFUSED})
   */
  public static List<OverlayMount> listWithTable(String backend, MountListing table)
      throws OverlayException {
    try {
      List<OverlayMount> mounts = new ArrayList<>(table.readMounts());
      for (OverlayMount live : of(backend)) {
        mounts.removeIf(mount -> mount.root().equals(live.root()));
        mounts.add(live);
      }
      return mounts;
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.KERNEL_REFUSED,
                  Path.of("/proc/self/mountinfo"),
                  "The mount table cannot be read: " + e.getMessage() + ".",
                  "Make /proc readable for this process.")),
          e);
    }
  }

  /**
   * Lists the mounts of a backend.
   *
   * @param backend its name
   * @return those that are mounted, in the order in which they were
   */
  public static List<OverlayMount> of(String backend) {
    return listAll().stream()
        .filter(mount -> mount.backend().equals(backend) && mount.isMounted())
        .toList();
  }

  private static List<OverlayMount> listAll() {
    synchronized (ALL) {
      return List.copyOf(ALL);
    }
  }
}
