package dev.overlays;

import java.nio.file.Path;
import java.util.List;

/**
 * The overlays that a machine mounts when it boots: lines of fstab, units of systemd, or anything
 * else that stores specs. A mount point has at most one entry.
 *
 * <p>What is mounted at boot is not mounted by this library. Over a lower on a file system that
 * machines share, such a view therefore has no lock that the other machines see ({@link
 * dev.overlays.spi.LayerStore#claim(List)}): unmount it before another machine merges, or let a
 * service that starts at boot mount it by this library, which needs no boot entry. No entry can
 * hold a lock: mount(8) starts no process that would keep it, and a lock that is taken later does
 * not tell whether another machine has merged meanwhile. The status of a cache names such views.
 */
public interface BootEntries {

  /**
   * Returns the overlays that are mounted at boot.
   *
   * @return their specs, in the order in which they are stored
   * @throws OverlayException if they cannot be read
   */
  List<OverlaySpec> specs() throws OverlayException;

  /**
   * Stores a spec and replaces the entry of the same mount point. Does nothing if the spec is
   * stored already.
   *
   * @param spec what to mount at boot
   * @throws OverlayException if it cannot be written, or if no entry can express such a spec; the
   *     stored entries are unchanged
   */
  void put(OverlaySpec spec) throws OverlayException;

  /**
   * Checks, before a view is mounted, whether its spec can be stored afterwards. Changes nothing.
   * What mounting itself corrects is not a problem: files in the mount point, missing directories
   * of an instance, private paths that are not hidden yet.
   *
   * @param spec what is going to be mounted
   * @return an entry that stores the spec as {@link #put} does; the default does not check anything
   * @throws OverlayException if no entry can express such a spec, or if it cannot be written
   */
  default PreparedEntry prepare(OverlaySpec spec) throws OverlayException {
    return () -> put(spec);
  }

  /** An entry that was checked, and that is written once its view is mounted. */
  @FunctionalInterface
  interface PreparedEntry {

    /**
     * Writes the entry.
     *
     * @throws OverlayException if it cannot be written; what was kept before still is
     */
    void write() throws OverlayException;
  }

  /**
   * Removes the entry of a mount point. Does nothing if there is none.
   *
   * @param mountPoint the mount point of the entry
   * @throws OverlayException if it cannot be written; what was kept before still is
   */
  void remove(Path mountPoint) throws OverlayException;
}
