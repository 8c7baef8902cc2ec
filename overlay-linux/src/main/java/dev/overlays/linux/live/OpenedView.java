package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import java.nio.file.Path;

/**
 * An opened mount of an overlay.
 *
 * @param directory the root of the mount
 * @param id the identity of that directory
 * @param shown the directory of the overlay that the mount shows: {@code /} unless it is a bind
 *     mount of a part
 */
record OpenedView(Descriptor directory, FileId id, Path shown) implements AutoCloseable {

  boolean isWhole() {
    return shown.getNameCount() == 0;
  }

  @Override
  public void close() {
    directory.close();
  }
}
