package dev.overlays;

import java.nio.file.Path;
import java.util.List;

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
   * the spec: a mount that is private to a process is seen elsewhere. Where other processes do not
   * see it, what asks for canonical paths fails, as {@link Path#toRealPath} does: there is none.
   * When the view is unmounted, nothing of it is seen there any more.
   *
   * @return the root of the view, an absolute path
   */
  Path root();

  /**
   * Returns what was mounted.
   *
   * @return the spec as it was asked for or, of a mount that was {@linkplain Overlays#find found},
   *     as it was decoded from the mount table: private paths and mapped owners are not part of
   *     that, an ephemeral upper is told without its limit, and an option that was left to the
   *     kernel is what it came to. Where {@link #specProblems} tells that a layer is unknown, its
   *     path is below {@code /dev/null} and leads to nothing
   */
  OverlaySpec spec();

  /**
   * Tells why {@link #spec} cannot be mounted, merged or compared as it is, although it is mounted.
   * The kernel tells layers by the paths that they were mounted by. A relative one is looked for
   * where the view is mounted.
   *
   * @return a problem for each layer that its path in the spec does not lead to: it was renamed
   *     ({@link ProblemCode#LAYER_NOT_FOUND}), the view is mounted over it ({@link
   *     ProblemCode#LAYER_HIDDEN}), or it cannot be told where it is ({@link
   *     ProblemCode#LAYER_PATH_UNKNOWN}); none of a view that this process has mounted
   */
  default List<Problem> specProblems() {
    return List.of();
  }

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
   * Tells who uses the view: what keeps {@link #close()} from unmounting it.
   *
   * @return a {@link ProblemCode#MOUNT_HELD} for each process, and each mount inside the view, that
   *     this process may see; none if nobody uses it, it is not mounted any more, or the backend
   *     cannot tell
   */
  default List<Problem> holders() {
    return List.of();
  }

  /**
   * Tells where else the view is mounted and stays when this mount is closed: bound to another
   * place, or in a mount namespace that was copied from this one, such as a container's. As long as
   * it does, its upper can neither be merged nor mounted anew.
   *
   * @return a {@link ProblemCode#LAYER_IN_USE} for each such mount that this process may see; none
   *     if there is none, or the backend cannot tell
   */
  default List<Problem> copies() {
    return List.of();
  }

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

  /**
   * Returns a builder of a process that sees the view, at its mount point if it has one, wherever
   * this process sees it. The process starts in the root of the view; a directory that is set later
   * is not heeded where it has to enter a namespace first. Paths of this process are told to it by
   * {@link #pathInside}.
   *
   * @param command the program and its arguments
   * @return a new builder, for the user and with the environment of this process
   * @throws UnsupportedOperationException if only this JVM sees the view, because it is in memory
   * @throws java.io.UncheckedIOException if the view cannot be shown to other processes, of an
   *     {@link OverlayException}: it is not mounted any more, or what holds it has failed
   */
  default ProcessBuilder command(List<String> command) {
    return new ProcessBuilder(command).directory(root().toFile());
  }

  /**
   * Does the same as {@link #command(List)}.
   *
   * @param command the program and its arguments
   * @return a new builder
   * @throws UnsupportedOperationException if only this JVM sees the view, because it is in memory
   */
  default ProcessBuilder command(String... command) {
    return command(List.of(command));
  }

  /**
   * Returns the path by which a process of {@link #command(List)} sees what this process sees at
   * another one.
   *
   * @param path a path, for example below {@link #root()}
   * @return the path for that process; the same where both see the view at one place, or the path
   *     is not below the root
   */
  default Path pathInside(Path path) {
    return path;
  }

  /**
   * Makes the view read-only, or writable again.
   *
   * @param readOnly whether nothing may be written
   * @throws OverlayException if files are open for writing ({@link ProblemCode#MOUNT_BUSY}), or
   *     this view, or this backend, cannot do it ({@link ProblemCode#REMOUNT_REFUSED})
   */
  default void remount(boolean readOnly) throws OverlayException {
    throw new OverlayException(
        new Problem(
            ProblemCode.REMOUNT_REFUSED,
            spec().mountPoint(),
            "The backend " + backend() + " cannot change a view that is mounted.",
            "Unmount it, and mount it with MountAttribute.READ_ONLY or without."));
  }

  /**
   * Unmounts an {@linkplain OverlaySpec.Builder#ephemeral() ephemeral} view, and keeps what was
   * written: as an upper, over which and the same lowers the view is what it was. When keeping
   * fails, nothing is left there and nothing is lost: until {@link #close()} it can be tried again
   * with another directory.
   *
   * @param upper a directory that does not exist yet, in one that does
   * @throws OverlayException if the view is not an ephemeral one ({@link
   *     ProblemCode#NOT_EPHEMERAL}), is in use as with {@link #close()}, or it could not be kept
   *     ({@link ProblemCode#NOT_KEPT})
   */
  default void keepTo(Path upper) throws OverlayException {
    throw new OverlayException(
        Problem.of(
            ProblemCode.NOT_EPHEMERAL,
            upper,
            "The view is not an ephemeral one: its upper keeps what is written anyway.",
            "Close it, and look into its upper."));
  }
}
