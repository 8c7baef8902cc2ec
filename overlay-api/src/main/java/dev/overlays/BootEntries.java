package dev.overlays;

import java.nio.file.Path;
import java.util.List;

/**
 * What a machine mounts when it starts: lines of fstab, units of systemd, or whatever else keeps
 * specs. Each mount point has one entry at most.
 */
public interface BootEntries {

  /**
   * Returns the overlays that are mounted at the start.
   *
   * @return their specs, in the order in which they are kept
   * @throws OverlayException if they cannot be read
   */
  List<OverlaySpec> specs() throws OverlayException;

  /**
   * Keeps a spec, in place of the one for the same mount point. Does nothing if it is kept already.
   *
   * @param spec what is to be mounted at the start
   * @throws OverlayException if it cannot be written, or a spec like this cannot be kept; what was
   *     kept before still is
   */
  void put(OverlaySpec spec) throws OverlayException;

  /**
   * Checks, before a view is mounted, whether its spec can be kept once it is. Changes nothing.
   * What mounting puts right is no problem: files in the mount point, directories of an instance
   * that do not exist, private paths that are not hidden yet.
   *
   * @param spec what is going to be mounted
   * @return keeps the spec, as {@link #put} does; an implementation that cannot check beforehand
   *     returns just that
   * @throws OverlayException if a spec like this cannot be kept, or it cannot be written
   */
  default PreparedEntry prepare(OverlaySpec spec) throws OverlayException {
    return () -> put(spec);
  }

  /** An entry that was checked, and is written when its view is mounted. */
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
   * Forgets the entry of a mount point. Does nothing if there is none.
   *
   * @param mountPoint where it is mounted
   * @throws OverlayException if it cannot be written; what was kept before still is
   */
  void remove(Path mountPoint) throws OverlayException;
}
