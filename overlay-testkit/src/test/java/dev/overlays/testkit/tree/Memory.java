package dev.overlays.testkit.tree;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.nio.file.Path;

/** Directories in memory. */
final class Memory {
  private Memory() {}

  /** The root of a new file system. */
  static Path root() {
    return Jimfs.newFileSystem(
            Configuration.unix().toBuilder()
                .setAttributeViews("basic", "posix", "unix", "user")
                .build())
        .getPath("/");
  }
}
