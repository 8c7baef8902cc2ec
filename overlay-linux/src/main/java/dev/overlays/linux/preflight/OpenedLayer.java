package dev.overlays.linux.preflight;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import java.nio.file.Path;

/**
 * A layer of a spec, opened.
 *
 * @param role what it is to be
 * @param path as the spec has it
 * @param handle its directory, opened for reading
 * @param id which directory it is
 */
record OpenedLayer(LayerRole role, Path path, Descriptor handle, FileId id) {

  /** What a layer is to a mount. */
  enum LayerRole {
    LOWER("lower"),
    DATA_LOWER("data-only lower"),
    UPPER("upper"),
    WORK("work directory"),
    /** Where upper and work are going to be created. */
    PLACE("instance directory"),
    /** Where an upper is going to be made that is thrown away. */
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
