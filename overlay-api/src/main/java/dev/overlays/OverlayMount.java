package dev.overlays;

import java.nio.file.Path;

/**
 * A mounted view. Thread-safe.
 *
 * <p>Closing it unmounts it and nothing more: the upper keeps what was written. A mount that is
 * never closed stays until the machine goes down or somebody unmounts it; take it over again with
 * {@link Overlays#find(Path)}.
 */
public interface OverlayMount extends AutoCloseable {

  /**
   * Returns where the view is seen. Always resolve against this, never against the mount point of
   * the spec: a mount that is private to a process is seen elsewhere. When the view is unmounted,
   * nothing of it is seen there any more.
   *
   * @return the root of the view, an absolute path
   */
  Path root();

  /**
   * Returns what was mounted.
   *
   * @return the spec as it was asked for or, of a mount that was {@linkplain Overlays#find found},
   *     as it was decoded from the mount table: private paths are not part of that, and an option
   *     that was left to the kernel is what it came to
   */
  OverlaySpec spec();

  /**
   * Returns which backend holds it.
   *
   * @return the name of the backend
   */
  String backend();

  /**
   * Tells whether the view is still mounted, whoever else may have unmounted it.
   *
   * @return whether this very mount is there, not another one at the same place
   */
  boolean isMounted();

  /**
   * Unmounts at once. Does nothing when this very mount is not there any more.
   *
   * @throws OverlayException if somebody uses the view ({@link ProblemCode#MOUNT_BUSY} and one
   *     {@link ProblemCode#MOUNT_HELD} for each holder that can be seen), or it cannot be unmounted
   *     for another reason. The view is then still mounted
   */
  @Override
  default void close() throws OverlayException {
    close(UnmountOptions.strict());
  }

  /**
   * Unmounts with a wait, or lazily. Does nothing when this very mount is not there any more. An
   * interrupt ends the wait as if its time were up, and the thread stays interrupted.
   *
   * @param options how
   * @throws OverlayException as {@link #close()}
   */
  void close(UnmountOptions options) throws OverlayException;
}
