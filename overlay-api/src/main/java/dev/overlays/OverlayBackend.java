package dev.overlays;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Mounts specs. Implementations are found by {@link java.util.ServiceLoader}, have a public
 * no-argument constructor that does nothing that could fail, and are thread-safe. See the
 * {@linkplain dev.overlays.spi package} for what is asked of one.
 */
public interface OverlayBackend {

  /**
   * Returns the name by which a caller or the system property {@code dev.overlays.backend} asks for
   * this backend.
   *
   * @return a short name in small letters, different from every other backend's
   */
  String name();

  /**
   * Returns how early this backend is asked; the highest first, equals by name. The kernel backend
   * has 100.
   *
   * @return the priority
   */
  int priority();

  /**
   * Tells why this backend can mount nothing here: another operating system, a missing program or
   * right. Asked before every mount, so it has to be quick; must not fail, whatever is missing.
   *
   * @return what is in the way; empty if it can be used
   */
  Optional<Problem> unavailable();

  /**
   * Tells why this backend leaves this spec to others although it is available, for example because
   * its paths belong to a foreign file system provider. Not for specs that are wrong: these are
   * refused by {@link #mount}, so that no lesser backend mounts what should not be mounted.
   *
   * @param spec what is to be mounted
   * @return why another backend should be asked; empty if this one serves the spec
   */
  Optional<Problem> declines(OverlaySpec spec);

  /**
   * Tells why this backend does not serve a spec for a caller who has not named it. A backend that
   * is for tests, say, may leave what it could serve to others.
   *
   * @param spec what is to be mounted
   * @return why another backend should be asked; by default what {@link #declines} says
   */
  default Optional<Problem> declinesUnnamed(OverlaySpec spec) {
    return declines(spec);
  }

  /**
   * Tells everything that would make a mount fail, as far as it can be told beforehand. Changes
   * nothing that is seen afterwards but the time of a work directory, in which something may be
   * tried. May be asked of an unavailable backend too, and then tells what it can. Of a spec that
   * this backend declines nothing need be told.
   *
   * <p>What this tells makes {@link #mount} fail with the same problem first, and what this has no
   * objection to is mounted, unless the reason against it shows in the attempt only.
   *
   * @param spec what is to be mounted
   * @return the problems, the most important first; empty if the mount should succeed
   */
  List<Problem> check(OverlaySpec spec);

  /**
   * Mounts; the {@linkplain dev.overlays.spi package} tells what belongs to that. When this fails,
   * nothing is left behind. Not asked for specs that this backend declines.
   *
   * @param spec what to mount
   * @return the mount; its {@link OverlayMount#spec()} is the spec given here, except for {@code
   *     userXattr}, which a backend may switch on where nothing else can work
   * @throws OverlayException if it cannot be mounted, with the reason
   */
  OverlayMount mount(OverlaySpec spec) throws OverlayException;

  /**
   * Returns the mounts of this backend's kind that can be seen, whoever made them: at least those
   * of this process, by any instance of this class. Closing one of them unmounts it, whoever else
   * has a handle of it.
   *
   * @return the mounts, in the order of the mount table where there is one; each {@linkplain
   *     OverlayMount#spec() spec} has its mount point as it was given, or absolute
   * @throws OverlayException if they cannot be listed
   */
  List<OverlayMount> mounted() throws OverlayException;

  /**
   * Opens a file that tells the machine what to mount when it starts.
   *
   * @param file such as {@code /etc/fstab}
   * @return its entries; empty, which is the default, if this backend knows no such file
   */
  default Optional<BootEntries> bootEntries(Path file) {
    return Optional.empty();
  }
}
