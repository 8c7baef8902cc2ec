package dev.overlays.testkit.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Checks whether symbolic links lead out of a view. Outside a mount is the rest of the machine,
 * which is not compared and which random operations must not touch.
 */
final class ViewConfinement {
  /** More links than the kernel follows; source: MAXSYMLINKS. */
  private static final int MOST_LINKS = 60;

  private final Path root;

  ViewConfinement(Path root) {
    this.root = root;
  }

  /** Whether the existing part of a path stays inside the view. */
  boolean staysInside(Path path, boolean followLast) throws IOException {
    Deque<Path> left = new ArrayDeque<>();
    path.forEach(left::addLast);
    Deque<Path> reached = new ArrayDeque<>();
    reached.push(root);
    int links = 0;
    while (!left.isEmpty() && links <= MOST_LINKS) {
      Path name = left.pop();
      if (name.toString().equals("..")) {
        reached.pop();
      } else if (!name.toString().equals(".")) {
        reached.push(reached.peek().resolve(name));
        if ((followLast || !left.isEmpty()) && Files.isSymbolicLink(reached.peek())) {
          links++;
          Path target = Files.readSymbolicLink(reached.pop());
          if (target.isAbsolute()) {
            return false;
          }
          for (int i = target.getNameCount() - 1; i >= 0; i--) {
            left.push(target.getName(i));
          }
        }
      }
      if (reached.isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
