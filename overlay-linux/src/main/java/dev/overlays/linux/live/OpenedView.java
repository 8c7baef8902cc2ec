package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import java.nio.file.Path;

/**
 * A mount of an overlay, opened.
 *
 * @param directory the root of the mount
 * @param id which directory that is
 * @param shown which directory of the overlay it is: {@code /} unless a part of it is bound there
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
