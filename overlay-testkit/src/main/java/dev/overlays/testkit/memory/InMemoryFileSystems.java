package dev.overlays.testkit.memory;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.testkit.inode.InodeProvider;
import java.nio.file.FileSystem;
import java.util.OptionalLong;

/** Creates file systems in memory that can hold layers. */
public final class InMemoryFileSystems {
  private static final Configuration FOR_LAYERS =
      Configuration.unix().toBuilder()
          .setAttributeViews("basic", "posix", "unix", "user")
          .addAttributeProvider(new InodeProvider())
          .build();

  private InMemoryFileSystems() {}

  /**
   * Creates a jimfs with permissions, link counts, and user-defined attributes, in which marks are
   * stored.
   *
   * @return an empty file system, which the caller closes
   */
  public static FileSystem create() {
    return create(OptionalLong.empty());
  }

  /** Creates such a file system with a limit for the size of all files together. */
  static FileSystem create(OptionalLong limit) {
    Configuration.Builder builder = FOR_LAYERS.toBuilder();
    limit.ifPresent(builder::setMaxSize);
    return Jimfs.newFileSystem(builder.build());
  }
}
