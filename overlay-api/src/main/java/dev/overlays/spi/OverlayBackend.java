package dev.overlays.spi;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
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
   * Tells everything that would make a mount fail, as far as it can be told beforehand. Changes
   * nothing. May be asked of an unavailable backend too, and then tells what it can.
   *
   * @param spec what is to be mounted
   * @return the problems, the most important first; empty if the mount should succeed
   */
  List<Problem> check(OverlaySpec spec);

  /**
   * Mounts. When this fails, nothing is left behind.
   *
   * @param spec what to mount
   * @return the mount; its {@link OverlayMount#spec()} is the spec given here
   * @throws OverlayException if it cannot be mounted, with the reason
   */
  OverlayMount mount(OverlaySpec spec) throws OverlayException;

  /**
   * Returns the mounts of this backend's kind that can be seen, whoever made them.
   *
   * @return the mounts, in the order of the mount table where there is one
   * @throws OverlayException if they cannot be listed
   */
  List<OverlayMount> mounted() throws OverlayException;
}
