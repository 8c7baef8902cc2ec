package dev.overlays.linux.live;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.table.PrintedLayer;
import java.nio.file.Path;

/**
 * A directory found at a printed path.
 *
 * @param layer the printed layer
 * @param path the path by which this process reaches it
 * @param handle the directory, opened with O_PATH
 * @param id the identity of the directory
 */
public record FoundLayer(PrintedLayer layer, Path path, Descriptor handle, FileId id)
    implements AutoCloseable {

  @Override
  public void close() {
    handle.close();
  }
}
