package dev.overlays.instance;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;

/** A backend's way to mount ordinary specs, whose directories all exist. */
@FunctionalInterface
public interface ViewMounting {

  /**
   * Mounts a spec that names its upper, if it has one.
   *
   * @param spec what to mount
   * @return the mount
   * @throws OverlayException if it cannot be mounted
   */
  OverlayMount mountSpec(OverlaySpec spec) throws OverlayException;
}
