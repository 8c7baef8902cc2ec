package dev.overlays.merge.oci.export;

import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.RawPath;
import java.util.Arrays;

/**
 * The path of the directory that a walk is in. It is kept once and not for each open directory,
 * because the paths of a deep tree would fill the memory.
 */
final class PathBuffer {
  private byte[] bytes = new byte[256];
  private int length;

  int pathLength() {
    return length;
  }

  /** Appends the name of a directory. */
  void enterDirectory(Name name) {
    int end = length + name.length();
    if (end + 1 > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * (end + 1));
    }
    name.copyTo(bytes, length);
    bytes[end] = '/';
    length = end + 1;
  }

  /** Cuts the path to a length that it had before. */
  void cutTo(int newLength) {
    length = newLength;
  }

  /** Returns the path of the directory, with a slash at its end. */
  RawPath directoryPath() {
    return RawPath.of(Arrays.copyOf(bytes, length));
  }

  /** Returns the path of an entry of the directory. */
  RawPath pathOf(Name name) {
    byte[] path = Arrays.copyOf(bytes, length + name.length());
    name.copyTo(path, length);
    return RawPath.of(path);
  }
}
