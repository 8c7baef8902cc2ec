package dev.overlays;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Mounts specs. Implementations are found by {@link java.util.ServiceLoader}, have a public
 * no-argument constructor that does nothing that could fail, and are thread-safe. The {@linkplain
 * dev.overlays.spi package} says what a backend must do.
 */
public interface OverlayBackend {

  /**
   * Returns the name by which a caller or the system property {@code dev.overlays.backend} asks for
   * this backend.
   *
   * @return a short name in lower case, different from every other backend's
   */
  String name();

  /**
   * Returns the priority of this backend. The backend with the highest priority is asked first;
   * backends of equal priority are asked in the order of their names. The kernel backend has 100.
   *
   * @return the priority
   */
  int priority();

  /**
   * Tells why this backend can mount nothing on this machine: another operating system, a missing
   * program or right. This is called before every mount, so it must be quick, and it must not
   * throw, whatever is missing.
   *
   * @return the reason; empty if the backend can be used
   */
  Optional<Problem> whyUnavailable();

  /**
   * Tells why this backend leaves this spec to other backends although it is available, for example
   * because the paths belong to a foreign file system provider. Do not decline specs that are
   * wrong: {@link #mount} refuses them, so that no other backend mounts what should not be mounted.
   *
   * @param spec what is to be mounted
   * @return why another backend should be asked; empty if this backend mounts the spec
   */
  Optional<Problem> whyDeclined(OverlaySpec spec);

  /**
   * Tells why this backend does not mount a spec for a caller who has not named this backend. A
   * backend for tests, for example, may leave specs to others although it could mount them.
   *
   * @param spec what is to be mounted
   * @return why another backend should be asked; by default what {@link #whyDeclined} says
   */
  default Optional<Problem> declinesByDefault(OverlaySpec spec) {
    return whyDeclined(spec);
  }

  /**
   * Lists everything that would make the mount fail, as far as that can be known beforehand. Leaves
   * nothing changed but the time of a work directory, in which it may try something. It may be
   * called on an unavailable backend too, and then lists what it can find. It need not list
   * anything for a spec that this backend declines.
   *
   * <p>If this lists problems, {@link #mount} fails with the same first problem. If this lists
   * none, the mount succeeds, unless it fails for a reason that only the attempt shows.
   *
   * @param spec what is to be mounted
   * @return the problems, the most important first; empty if the mount should succeed
   */
  List<Problem> check(OverlaySpec spec);

  /**
   * Mounts a view; the {@linkplain dev.overlays.spi package} says what this includes. When it
   * fails, nothing is left behind. It is not called for specs that this backend declines.
   *
   * @param spec what to mount
   * @return the mount; its {@link OverlayMount#spec()} is the spec given here, except for {@code
   *     userXattr}, which a backend may switch on where nothing else can work
   * @throws OverlayException if it cannot be mounted, with the reason
   */
  OverlayMount mount(OverlaySpec spec) throws OverlayException;

  /**
   * Returns the visible mounts of this backend's kind, whoever made them: at least those of this
   * process, made by any instance of this class. Closing one of them unmounts it, even if others
   * have a handle of it.
   *
   * @return the mounts, in the order of the mount table if there is one; the mount point in each
   *     {@linkplain OverlayMount#spec() spec} is as it was given, or absolute
   * @throws OverlayException if they cannot be listed
   */
  List<OverlayMount> mounted() throws OverlayException;

  /**
   * Opens a file that says what the machine mounts at boot.
   *
   * @param file such as {@code /etc/fstab}
   * @return its entries; empty, which is the default, if this backend does not support such files
   */
  default Optional<BootEntries> bootEntries(Path file) {
    return Optional.empty();
  }
}
