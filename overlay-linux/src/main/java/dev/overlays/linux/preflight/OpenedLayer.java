package dev.overlays.linux.preflight;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import java.nio.file.Path;

/**
 * An opened layer of a spec.
 *
 * @param role its role in the mount
 * @param path its path in the spec
 * @param handle the directory, opened for reading
 * @param id the identity of the directory
 */
record OpenedLayer(LayerRole role, Path path, Descriptor handle, FileId id) {

  /** The role of a layer in a mount. */
  enum LayerRole {
    LOWER("lower"),
    DATA_LOWER("data-only lower"),
    UPPER("upper"),
    WORK("work directory"),
    /** The directory in which upper and work are going to be created. */
    PLACE("instance directory"),
    /** The directory in which an ephemeral upper is going to be created. */
    EPHEMERAL_PLACE("directory for the ephemeral upper");

    private final String words;

    LayerRole(String words) {
      this.words = words;
    }

    @Override
    public String toString() {
      return words;
    }
  }
}
