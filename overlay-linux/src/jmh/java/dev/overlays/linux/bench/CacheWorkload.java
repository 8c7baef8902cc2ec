package dev.overlays.linux.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.overlays.OverlayMount;
import dev.overlays.cache.SharedCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A cache of 500 directories of 80 files, and 50 instances. Each of these has changed 40 files in
 * each of ten directories, made 60 new ones there and deleted 20: 100,000 entries in all layers.
 */
final class CacheWorkload {
  private static final int INSTANCES = 50;
  private static final int FILES = 80;
  private static final int CHANGED = 40;
  private static final int DELETED = 20;
  private static final int NEW = 60;
  private static final int TOUCHED = 10;
  private static final byte[] CONTENT = "0123456789\n".repeat(50).getBytes(US_ASCII);

  private final Path root;
  private final int directories;

  /** With scale 1 it is as large as the description says. */
  CacheWorkload(Path root, double scale) {
    this.root = root;
    directories = Math.max(TOUCHED, (int) Math.round(500 * scale));
  }

  Path lower() {
    return root.resolve("lower");
  }

  Path instances() {
    return root.resolve("instances");
  }

  SharedCache cache() {
    return SharedCache.of(lower(), instances());
  }

  /** Makes the cache; no instance stays mounted. */
  void makeCache() throws IOException {
    for (int i = 0; i < directories; i++) {
      writeFiles(Files.createDirectories(directoryIn(lower(), i)), "f", FILES);
    }
    Files.createDirectory(instances());
    for (int i = 0; i < INSTANCES; i++) {
      cache().create("node" + i);
      try (OverlayMount mount = cache().mount("node" + i)) {
        changeView(mount.root(), i);
      }
    }
  }

  private void changeView(Path view, int instance) throws IOException {
    for (int i = 0; i < Math.min(TOUCHED, directories / 2); i++) {
      Path directory = directoryIn(view, (instance * TOUCHED + i) % directories);
      writeFiles(directory, "f", CHANGED);
      for (int j = CHANGED; j < CHANGED + DELETED; j++) {
        Files.delete(directory.resolve("f" + j));
      }
      writeFiles(directory, "n", NEW);
    }
  }

  private static Path directoryIn(Path layer, int i) {
    return layer.resolve("t" + i % 10).resolve("d" + i);
  }

  private static void writeFiles(Path directory, String prefix, int count) throws IOException {
    for (int j = 0; j < count; j++) {
      Files.write(directory.resolve(prefix + j), CONTENT);
    }
  }
}
