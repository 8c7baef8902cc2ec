package dev.overlays.testkit.tree;

import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.nio.file.Path;

/** Root directories in memory. */
final class MemoryRoots {
  private MemoryRoots() {}

  /** Returns the root of a new file system. */
  static Path newRoot() {
    return InMemoryFileSystems.create().getPath("/");
  }
}
