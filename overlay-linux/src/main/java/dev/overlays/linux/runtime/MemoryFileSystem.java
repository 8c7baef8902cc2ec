package dev.overlays.linux.runtime;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.syscall.SyscallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/**
 * A tmpfs in the directory of this JVM. Its content is gone when its last user is, such as a view
 * that has its upper there.
 */
public final class MemoryFileSystem implements Closeable {
  private final Path place;

  private MemoryFileSystem(Path place) {
    this.place = place;
  }

  /**
   * Mounts a new file system.
   *
   * @param limit the most bytes that its files may use together, rounded to pages; empty for half
   *     of the machine's memory
   * @return the file system, to be closed
   * @throws OverlayException if it cannot be made ({@link ProblemCode#EPHEMERAL_UPPER_NOT_CREATED})
   */
  public static MemoryFileSystem createMounted(OptionalLong limit) throws OverlayException {
    Path place = ProcessDirectory.createMountPoint("memory");
    try {
      TmpfsMount.mountTmpfs(place, limit);
      return new MemoryFileSystem(place);
    } catch (SyscallException e) {
      place.toFile().delete();
      throw new OverlayException(
          List.of(
              Problem.of(
                  ProblemCode.EPHEMERAL_UPPER_NOT_CREATED,
                  "No tmpfs can be mounted: " + e.getMessage() + ".",
                  "Mount as root, or with Ephemeral.in(directory).")),
          e);
    }
  }

  /**
   * Returns its mount point.
   *
   * @return a real path
   */
  public Path mountPoint() {
    return place;
  }

  /** Unmounts it lazily; processes that still use it keep its content. */
  @Override
  public void close() throws IOException {
    TmpfsMount.unmountLazily(place);
    Files.deleteIfExists(place);
  }
}
