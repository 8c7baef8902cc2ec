package dev.overlays.testkit.union;

import dev.overlays.layer.Name;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/**
 * Resolves a path name by name and follows the symbolic links on it. Source: path_resolution(7).
 */
final class PathWalk {
  private static final int MOST_LINKS = 40;
  private static final int LONGEST_NAME = 255;

  private final UnionTree tree;
  private final Deque<byte[]> left;
  private UnionDirectory at;
  private int links;

  private PathWalk(UnionTree tree, StartingPath unresolved) {
    this.tree = tree;
    at = unresolved.start() == null ? tree.root() : unresolved.start();
    left = new ArrayDeque<>(unresolved.names());
  }

  /** Resolves a path; {@code follow} decides about a symbolic link at its end. */
  static ResolvedPlace to(UnionTree tree, StartingPath unresolved, boolean follow)
      throws IOException {
    return new PathWalk(tree, unresolved).go(follow);
  }

  private ResolvedPlace go(boolean follow) throws IOException {
    while (!left.isEmpty()) {
      byte[] step = left.poll();
      if (isDot(step)) {
        continue;
      }
      if (isDotDot(step)) {
        at = at.parent();
        continue;
      }
      if (step.length > LONGEST_NAME) {
        throw ErrorNumber.ENAMETOOLONG.exception();
      }
      ResolvedPlace place = ResolvedPlace.of(at, Name.of(step));
      boolean last = left.isEmpty();
      if (place.isThere() && place.present().isSymlink() && (follow || !last)) {
        follow(place.present());
      } else if (last) {
        return place;
      } else {
        at = place.asDirectory();
      }
    }
    return ResolvedPlace.of(at);
  }

  static boolean isDot(byte[] step) {
    return step.length == 0 || (step.length == 1 && step[0] == '.');
  }

  static boolean isDotDot(byte[] step) {
    return step.length == 2 && step[0] == '.' && step[1] == '.';
  }

  private void follow(UnionEntry link) throws IOException {
    if (++links > MOST_LINKS) {
      throw ErrorNumber.ELOOP.exception();
    }
    byte[] target = link.directory().readSymlink(link.name());
    if (target.length > 0 && target[0] == '/') {
      at = tree.root();
    }
    List<byte[]> steps = split(target);
    for (int i = steps.size() - 1; i >= 0; i--) {
      left.push(steps.get(i));
    }
  }

  /**
   * Splits a path into names; a slash at the end gives an empty last name, which means the same as
   * a dot.
   */
  static List<byte[]> split(byte[] path) {
    List<byte[]> names = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        names.add(Arrays.copyOfRange(path, start, i));
        start = i + 1;
      }
    }
    return names;
  }
}
