package dev.overlays.spi;

import dev.overlays.Problem;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * How machines share a layer that is on a file system which several of them may have mounted.
 *
 * @param fileSystem the type of the file system, such as {@code nfs} or {@code fuse.glusterfs}
 * @param obstacle why this machine does not see what others do with the layer; empty if it does
 * @param users who uses the layer on all machines, as far as they have left their names
 */
public record LayerSharing(String fileSystem, Optional<Problem> obstacle, List<LayerUser> users) {

  /**
   * Makes a description.
   *
   * @param fileSystem the type of the file system
   * @param obstacle why others are not seen
   * @param users who uses the layer; copied
   */
  public LayerSharing {
    users = List.copyOf(users);
  }

  /** Returns one line, such as {@code shared by machines (nfs): the view at /v of ...}. */
  @Override
  public String toString() {
    String words =
        obstacle.isPresent()
            ? obstacle.get().message()
            : users.isEmpty()
                ? "nobody uses it"
                : users.stream().map(LayerUser::toString).collect(Collectors.joining("; "));
    return "shared by machines (" + fileSystem + "): " + words;
  }
}
