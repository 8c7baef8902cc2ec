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
 * A file system of memory in the directory of this JVM. What is in it is gone when the last user of
 * it, such as a view that has its upper there, is.
 */
public final class MemoryFileSystem implements Closeable {
  private final Path place;

  private MemoryFileSystem(Path place) {
    this.place = place;
  }

  /**
   * Makes a file system.
   *
   * @param limit the most bytes that files may have in it together, in whole pages; empty for half
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
                  "No file system of memory can be made: " + e.getMessage() + ".",
                  "Mount as root, or with Ephemeral.in(directory).")),
          e);
    }
  }

  /**
   * Returns where it is mounted.
   *
   * @return a real path
   */
  public Path memoryPath() {
    return place;
  }

  /** Unmounts it; whoever still uses it keeps what is in it. */
  @Override
  public void close() throws IOException {
    TmpfsMount.unmountLazily(place);
    Files.deleteIfExists(place);
  }
}
