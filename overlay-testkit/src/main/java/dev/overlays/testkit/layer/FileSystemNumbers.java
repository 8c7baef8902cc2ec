package dev.overlays.testkit.layer;

import java.nio.file.FileSystem;
import java.util.Map;
import java.util.WeakHashMap;

/** Gives each file system a device number, since jimfs reports 1 for all of its own. */
final class FileSystemNumbers {
  private static final Map<FileSystem, Long> NUMBERS = new WeakHashMap<>();
  private static long last;

  private FileSystemNumbers() {}

  static synchronized long of(FileSystem fileSystem) {
    return NUMBERS.computeIfAbsent(fileSystem, unknown -> ++last);
  }
}
