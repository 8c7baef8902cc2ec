package dev.overlays.testkit.tree;

import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.nio.file.Path;

/** Root directories in memory. */
final class Memory {
  private Memory() {}

  /** Returns the root of a new file system. */
  static Path root() {
    return InMemoryFileSystems.create().getPath("/");
  }
}
