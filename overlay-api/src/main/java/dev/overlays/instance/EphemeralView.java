package dev.overlays.instance;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.UnmountOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An {@linkplain OverlaySpec#ephemeral() ephemeral} view, for backends that can mount ordinary
 * specs: an ordinary mount over an {@link EphemeralUpper}, which ends with the mount.
 */
public final class EphemeralView implements OverlayMount {
  private final OverlaySpec spec;
  private final EphemeralUpper upper;
  private final OverlayMount mount;

  private EphemeralView(OverlaySpec spec, EphemeralUpper upper, OverlayMount mount) {
    this.spec = spec;
    this.upper = upper;
    this.mount = mount;
  }

  /**
   * Mounts a view.
   *
   * @param spec the ephemeral spec
   * @param upper its upper, which is closed with the view, or when mounting fails
   * @param mounting mounts the spec of the upper
   * @return the view
   * @throws OverlayException if it cannot be mounted; nothing is left of the upper then
   */
  public static EphemeralView mountOver(
      OverlaySpec spec, EphemeralUpper upper, ViewMounting mounting) throws OverlayException {
    try {
      return new EphemeralView(spec, upper, mounting.mountSpec(upper.mountedSpec()));
    } catch (OverlayException | RuntimeException | Error e) {
      try {
        upper.close();
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  @Override
  public Path root() {
    return mount.root();
  }

  @Override
  public OverlaySpec spec() {
    return spec;
  }

  @Override
  public OverlaySpec specWithUpper() {
    return upper.mountedSpec();
  }

  @Override
  public String backend() {
    return mount.backend();
  }

  @Override
  public boolean isMounted() {
    return mount.isMounted();
  }

  @Override
  public List<Problem> holders() {
    return mount.holders();
  }

  @Override
  public List<Problem> otherMounts() {
    return mount.otherMounts();
  }

  @Override
  public ProcessBuilder command(List<String> command) {
    return mount.command(command);
  }

  @Override
  public Path pathInside(Path path) {
    return mount.pathInside(path);
  }

  @Override
  public void remount(boolean readOnly) throws OverlayException {
    mount.remount(readOnly);
  }

  /** Unmounts the view and discards its upper, unless that was kept. */
  @Override
  public synchronized void close(UnmountOptions options) throws OverlayException {
    mount.close(options);
    try {
      upper.close();
    } catch (IOException e) {
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.UNMOUNT_REFUSED,
                  upper.mountedSpec().upper().orElseThrow(),
                  "The view is unmounted, but its upper cannot be removed: " + e + ".",
                  "Remove the directory above it by hand, or close again.")),
          e);
    }
  }

  @Override
  public synchronized void keepTo(Path target) throws OverlayException {
    Optional<Problem> obstacle = upper.obstacleToKeeping(target);
    if (obstacle.isPresent()) {
      throw new OverlayException(obstacle.get());
    }
    mount.close();
    upper.keepTo(target);
    close();
  }

  @Override
  public String toString() {
    return "EphemeralView[" + mount + "]";
  }
}
