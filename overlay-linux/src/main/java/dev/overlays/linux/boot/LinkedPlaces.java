package dev.overlays.linux.boot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the places that a path leads to by symbolic links. Systemd compares names only: a mount
 * that waits for {@code /cache} does not wait for the disk that the link {@code /cache} leads into.
 * Each link on the way may be on another disk. Source: RequiresMountsFor= in systemd.unit(5); seen
 * with systemd 252.
 */
final class LinkedPlaces {
  /** The most links that the kernel follows. Source: MAXSYMLINKS in include/linux/namei.h. */
  private static final int MAX_LINKS = 40;

  private final Set<Path> places = new LinkedHashSet<>();
  private final Deque<Path> remainingNames = new ArrayDeque<>();
  private Path current;
  private int links;

  private LinkedPlaces(Path path) {
    current = path.getRoot();
    path.forEach(remainingNames::add);
  }

  /**
   * Follows the links of a path. A missing file, for example on a disk that is not mounted, has no
   * links.
   *
   * @param path an absolute path
   * @return the links on the way that the path itself does not name, and its final target; empty if
   *     there are no links
   */
  static List<Path> placesBehind(Path path) {
    LinkedPlaces followed = new LinkedPlaces(path);
    followed.followLinks();
    return followed.places.stream().filter(place -> !path.startsWith(place)).toList();
  }

  private void followLinks() {
    while (!remainingNames.isEmpty()) {
      String name = remainingNames.peek().toString();
      Path next = current.resolve(remainingNames.pop());
      Optional<Path> target = name.equals("..") ? Optional.empty() : linkTarget(next);
      if (name.equals("..")) {
        current = current.getNameCount() == 0 ? current : next.normalize();
      } else if (target.isPresent()) {
        places.add(next);
        pushTarget(target.get());
      } else if (!name.isEmpty() && !name.equals(".")) {
        current = next;
      }
    }
    places.add(current);
  }

  private void pushTarget(Path target) {
    current = target.isAbsolute() ? target.getRoot() : current;
    for (int i = target.getNameCount() - 1; i >= 0; i--) {
      remainingNames.push(target.getName(i));
    }
  }

  private Optional<Path> linkTarget(Path path) {
    if (links >= MAX_LINKS || !Files.isSymbolicLink(path)) {
      return Optional.empty();
    }
    links++;
    try {
      return Optional.of(Files.readSymbolicLink(path));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
