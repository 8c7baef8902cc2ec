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
   * Returns where this process sees the view. Always resolve paths against this, never against the
   * mount point of the spec: a mount that is private to a process is seen elsewhere. If other
   * processes do not see the view, its paths have no canonical form, so {@link Path#toRealPath} and
   * the like fail. After the view is unmounted, nothing of it is visible here.
   *
   * @return the root of the view, an absolute path
   */
  Path root();

  /**
   * Returns what was mounted.
   *
   * @return the spec that was passed to the mount. For a mount that was {@linkplain Overlays#find
   *     found}, the spec is decoded from the mount table: it lacks private paths, mapped owners and
   *     the limit of an ephemeral upper, and an option that was left to the kernel has the value
   *     that the kernel chose. If {@link #specProblems} reports that a layer is unknown, its path
   *     is below {@code /dev/null} and leads to nothing
   */
  OverlaySpec spec();

  /**
   * Returns the spec by which the layers can be read while the view is mounted: to find out, for
   * example, what an {@linkplain OverlaySpec.Builder#ephemeral() ephemeral} view has changed,
   * before it is kept or discarded. It cannot be mounted or merged as long as the view is.
   *
   * @return for an ephemeral view that was mounted by this process, the spec with the upper that
   *     mounting has created; else {@link #spec}
   */
  default OverlaySpec specWithUpper() {
    return spec();
  }

  /**
   * Lists why {@link #spec} cannot be mounted, merged or compared as it is, although the view is
   * mounted. The kernel reports the paths that the layers were mounted by. A relative path is
   * resolved where the view is mounted.
   *
   * @return a problem for each layer whose path in the spec does not lead to it: the layer was
   *     renamed ({@link ProblemCode#LAYER_NOT_FOUND}), the view is mounted over it ({@link
   *     ProblemCode#LAYER_HIDDEN}), or its place is unknown ({@link
   *     ProblemCode#LAYER_PATH_UNKNOWN}); empty for a view that this process mounted
   */
  default List<Problem> specProblems() {
    return List.of();
  }

  /**
   * Returns which backend mounted the view.
   *
   * @return the name of the backend
   */
  String backend();

  /**
   * Tells whether the view is still mounted. One that is gone although nobody has closed it, for
   * instance since somebody else has unmounted it, may hold locks on its layers until it is closed.
   *
   * @return whether this very mount still exists; another mount at the same place does not count
   */
  boolean isMounted();

  /**
   * Lists who uses the view and so keeps {@link #close()} from unmounting it.
   *
   * @return a {@link ProblemCode#MOUNT_HELD} for each process that uses the view and each mount
   *     inside it, as far as this process may see them; empty if nobody uses it, it is no longer
   *     mounted, or the backend cannot tell
   */
  default List<Problem> holders() {
    return List.of();
  }

  /**
   * Lists where else the view is mounted and stays mounted when this mount is closed: bind-mounted
   * at another place, or in a mount namespace that was copied from this one, such as a container's.
   * While such a mount exists, the upper can neither be merged nor mounted again.
   *
   * @return a {@link ProblemCode#LAYER_IN_USE} for each such mount that this process may see; empty
   *     if there is none, or the backend cannot tell
   */
  default List<Problem> otherMounts() {
    return List.of();
  }

  /**
   * Unmounts at once. Does nothing if this very mount no longer exists.
   *
   * @throws OverlayException if somebody uses the view ({@link ProblemCode#MOUNT_BUSY} and one
   *     {@link ProblemCode#MOUNT_HELD} for each visible holder), or it cannot be unmounted for
   *     another reason. The view is then still mounted
   */
  @Override
  default void close() throws OverlayException {
    close(UnmountOptions.strict());
  }

  /**
   * Unmounts after a wait, or lazily. Does nothing if this very mount no longer exists. An
   * interrupt ends the wait like a timeout, and the thread stays interrupted.
   *
   * @param options how to unmount
   * @throws OverlayException as {@link #close()}
   */
  void close(UnmountOptions options) throws OverlayException;

  /**
   * Returns a builder of a process that sees the view: at its mount point if it has one, even if
   * this process sees it elsewhere. The process starts in the root of the view. If it must enter a
   * namespace first, a directory that is set on the builder later is ignored. Convert paths of this
   * process for it by {@link #pathInside}.
   *
   * @param command the program and its arguments
   * @return a new builder, for the user and with the environment of this process
   * @throws UnsupportedOperationException if the view is in memory, so that only this JVM sees it
   * @throws java.io.UncheckedIOException with an {@link OverlayException} if the view cannot be
   *     shown to other processes: it is no longer mounted, or the process that holds it has failed
   */
  default ProcessBuilder command(List<String> command) {
    return new ProcessBuilder(command).directory(root().toFile());
  }

  /**
   * Like {@link #command(List)}.
   *
   * @param command the program and its arguments
   * @return a new builder
   * @throws UnsupportedOperationException if only this JVM sees the view, because it is in memory
   */
  default ProcessBuilder command(String... command) {
    return command(List.of(command));
  }

  /**
   * Converts a path of this process to the path of the same file in a process of {@link
   * #command(List)}.
   *
   * @param path a path, for example below {@link #root()}
   * @return the path for that process; unchanged if both see the view at the same place, or if the
   *     path is not below the root
   */
  default Path pathInside(Path path) {
    return path;
  }

  /**
   * Makes the view read-only or writable.
   *
   * @param readOnly whether nothing may be written
   * @throws OverlayException if files are open for writing ({@link ProblemCode#MOUNT_BUSY}), or if
   *     this view or backend does not support it ({@link ProblemCode#REMOUNT_REFUSED})
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
   * Unmounts an {@linkplain OverlaySpec.Builder#ephemeral() ephemeral} view and keeps its upper:
   * mounted over the same lowers it shows the same view. If this fails, nothing is left in the
   * target and nothing is lost: try again with another directory before {@link #close()}.
   *
   * @param upper a directory that does not exist yet, in one that does
   * @throws OverlayException if the view is not ephemeral ({@link ProblemCode#NOT_EPHEMERAL}), if
   *     it is in use as for {@link #close()}, or if the upper could not be kept ({@link
   *     ProblemCode#NOT_KEPT})
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
