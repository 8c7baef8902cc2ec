package dev.overlays.merge.oci.unpack;

import dev.overlays.layer.Name;
import dev.overlays.layer.PathBytes;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.Arrays;

/** Returns the last name of a path as bytes. */
public final class LastPathName {
  private LastPathName() {}

  public static Name lastNameOf(Path path) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      return Name.of(path.getFileName().toString());
    }
    byte[] bytes = PathBytes.of(path.toAbsolutePath());
    int start = bytes.length;
    while (bytes[start - 1] != '/') {
      start--;
    }
    return Name.of(Arrays.copyOfRange(bytes, start, bytes.length));
  }
}
