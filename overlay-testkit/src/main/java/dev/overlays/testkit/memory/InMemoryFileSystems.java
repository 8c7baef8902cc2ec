package dev.overlays.testkit.memory;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.nio.file.FileSystem;
import java.util.OptionalLong;

/** Makes file systems in memory that can hold layers. */
public final class InMemoryFileSystems {
  private static final Configuration FOR_LAYERS =
      Configuration.unix().toBuilder().setAttributeViews("basic", "posix", "unix", "user").build();

  private InMemoryFileSystems() {}

  /**
   * Makes a jimfs that keeps permissions, link counts and the user-defined attributes that marks
   * are kept in.
   *
   * @return an empty file system, to be closed
   */
  public static FileSystem create() {
    return create(OptionalLong.empty());
  }

  /** The same with a limit to the bytes of all files together. */
  static FileSystem create(OptionalLong limit) {
    Configuration.Builder builder = FOR_LAYERS.toBuilder();
    limit.ifPresent(builder::setMaxSize);
    return Jimfs.newFileSystem(builder.build());
  }
}
