package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.PrintedLayer;
import java.nio.file.Path;

/**
 * A directory that a printed path leads to.
 *
 * @param layer what is printed
 * @param path by which this process sees it
 * @param handle the directory, as a mere place
 * @param id which directory it is
 */
public record FoundLayer(PrintedLayer layer, Path path, Descriptor handle, FileId id)
    implements AutoCloseable {

  @Override
  public void close() {
    handle.close();
  }
}
