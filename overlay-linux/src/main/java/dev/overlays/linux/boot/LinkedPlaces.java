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
 * Where a path leads by symbolic links. Systemd compares names only: a mount that has to wait for
 * {@code /cache} does not wait for the disk that {@code /cache} is a link into. Each link on the
 * way may be on a disk of its own. Source: RequiresMountsFor= in systemd.unit(5); seen with systemd
 * 252.
 */
final class LinkedPlaces {
  /** What the kernel follows at most. Source: MAXSYMLINKS in include/linux/namei.h. */
  private static final int MOST_LINKS = 40;

  private final Set<Path> places = new LinkedHashSet<>();
  private final Deque<Path> names = new ArrayDeque<>();
  private Path at;
  private int links;

  private LinkedPlaces(Path path) {
    at = path.getRoot();
    path.forEach(names::add);
  }

  /**
   * Follows the links of a path. What is not there, because its disk is not mounted, has none.
   *
   * @param path an absolute path
   * @return the links that the path does not name, and where it ends; empty if there are no links
   */
  static List<Path> placesBehind(Path path) {
    LinkedPlaces followed = new LinkedPlaces(path);
    followed.followLinks();
    return followed.places.stream().filter(place -> !path.startsWith(place)).toList();
  }

  private void followLinks() {
    while (!names.isEmpty()) {
      String name = names.peek().toString();
      Path next = at.resolve(names.pop());
      Optional<Path> target = name.equals("..") ? Optional.empty() : linkTarget(next);
      if (name.equals("..")) {
        at = at.getNameCount() == 0 ? at : next.normalize();
      } else if (target.isPresent()) {
        places.add(next);
        takePlace(target.get());
      } else if (!name.isEmpty() && !name.equals(".")) {
        at = next;
      }
    }
    places.add(at);
  }

  private void takePlace(Path target) {
    at = target.isAbsolute() ? target.getRoot() : at;
    for (int i = target.getNameCount() - 1; i >= 0; i--) {
      names.push(target.getName(i));
    }
  }

  private Optional<Path> linkTarget(Path path) {
    if (links >= MOST_LINKS || !Files.isSymbolicLink(path)) {
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
