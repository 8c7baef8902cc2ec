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
final class PathResolver {
  private static final int MOST_LINKS = 40;
  private static final int LONGEST_NAME = 255;

  private final UnionTree tree;
  private final Deque<byte[]> remaining;
  private ViewDirectory current;
  private ViewEntry passed;
  private int followedLinks;

  private PathResolver(UnionTree tree, UnresolvedPath unresolved) {
    this.tree = tree;
    current = unresolved.start() == null ? tree.rootDirectory() : unresolved.start();
    remaining = new ArrayDeque<>(unresolved.names());
  }

  /** Is tried at the last name of a path, before that is looked up. */
  @FunctionalInterface
  interface LastNameAttempt {
    /** Returns whether it succeeded, so that there is nothing to look up. */
    boolean attemptAt(ViewDirectory directory, Name name, ViewEntry passed) throws IOException;
  }

  /** Resolves a path; {@code follow} decides about a symbolic link at its end. */
  static ResolvedPath resolvePath(UnionTree tree, UnresolvedPath unresolved, boolean follow)
      throws IOException {
    return resolvePath(tree, unresolved, follow, (directory, name, passed) -> false);
  }

  /** Resolves a path, unless the attempt at its last name succeeds. */
  static ResolvedPath resolvePath(
      UnionTree tree, UnresolvedPath unresolved, boolean follow, LastNameAttempt attempt)
      throws IOException {
    return new PathResolver(tree, unresolved).resolveNames(follow, attempt);
  }

  private ResolvedPath resolveNames(boolean follow, LastNameAttempt attempt) throws IOException {
    while (!remaining.isEmpty()) {
      byte[] step = remaining.poll();
      if (isDot(step)) {
        continue;
      }
      if (isDotDot(step)) {
        current = current.parent();
        passed = null;
        continue;
      }
      if (step.length > LONGEST_NAME) {
        throw ErrorNumber.ENAMETOOLONG.toException();
      }
      Name name = Name.of(step);
      boolean last = remaining.isEmpty();
      if (last && attempt.attemptAt(current, name, passed)) {
        return new ResolvedPath(current, name, NameLookup.NOTHING, passed);
      }
      ResolvedPath place = ResolvedPath.of(current, name, passed);
      if (place.isThere() && place.requireEntry().isSymlink() && (follow || !last)) {
        followLink(place.requireEntry());
      } else if (last) {
        return place;
      } else {
        current = place.asDirectory();
        passed = place.requireEntry();
      }
    }
    return ResolvedPath.of(current);
  }

  static boolean isDot(byte[] step) {
    return step.length == 0 || (step.length == 1 && step[0] == '.');
  }

  static boolean isDotDot(byte[] step) {
    return step.length == 2 && step[0] == '.' && step[1] == '.';
  }

  private void followLink(ViewEntry link) throws IOException {
    if (++followedLinks > MOST_LINKS) {
      throw ErrorNumber.ELOOP.toException();
    }
    byte[] target = link.directory().readSymlink(link.name());
    if (target.length > 0 && target[0] == '/') {
      current = tree.rootDirectory();
      passed = null;
    }
    List<byte[]> steps = splitNames(target);
    for (int i = steps.size() - 1; i >= 0; i--) {
      remaining.push(steps.get(i));
    }
  }

  /**
   * Splits a path into names; a slash at the end gives an empty last name, which means the same as
   * a dot.
   */
  static List<byte[]> splitNames(byte[] path) {
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
