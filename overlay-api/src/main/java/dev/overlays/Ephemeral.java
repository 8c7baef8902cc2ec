package dev.overlays;

import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Where an ephemeral view keeps its upper and work directory, which are deleted when the view is
 * closed.
 *
 * @see OverlaySpec.Builder#ephemeral(Ephemeral)
 */
public sealed interface Ephemeral {

  /**
   * In memory: on a file system that belongs to this view alone and disappears with it. Before
   * Linux 6.6 such a file system cannot hold the upper of a process without root's rights. There a
   * limit is refused, and the upper is in a new directory in {@code java.io.tmpdir}, which is
   * removed with the view, even if the process is killed.
   *
   * @param limit the most that may be written, in bytes; empty for the default of the system
   *     (tmpfs: half of the machine's memory)
   */
  record Memory(OptionalLong limit) implements Ephemeral {

    /**
     * Makes a place.
     *
     * @param limit the most that may be written
     * @throws IllegalArgumentException if the limit is not positive
     */
    public Memory {
      if (limit.isPresent() && limit.getAsLong() <= 0) {
        throw new IllegalArgumentException("the limit must be positive: " + limit.getAsLong());
      }
    }
  }

  /**
   * On a disk: in a new directory, which is removed when the view is closed. If the process is
   * killed, the directory is left behind.
   *
   * @param parent the directory in which it is created; its file system must support uppers
   */
  record Directory(Path parent) implements Ephemeral {

    /**
     * Makes a place.
     *
     * @param parent an existing directory
     */
    public Directory {
      Objects.requireNonNull(parent, "parent");
    }
  }

  /**
   * Returns a place in memory with the system's own limit.
   *
   * @return the place
   */
  static Ephemeral inMemory() {
    return new Memory(OptionalLong.empty());
  }

  /**
   * Returns a place in memory with a limit.
   *
   * @param bytes the most that may be written, positive
   * @return the place
   * @throws IllegalArgumentException if it is not positive
   */
  static Ephemeral inMemory(long bytes) {
    return new Memory(OptionalLong.of(bytes));
  }

  /**
   * Returns a place on a disk.
   *
   * @param parent an existing directory, for example that of {@code java.io.tmpdir}
   * @return the place
   */
  static Ephemeral in(Path parent) {
    return new Directory(parent);
  }
}
