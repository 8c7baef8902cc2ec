package dev.overlays;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Checks private paths: they are relative, below the root, and contain no "..". */
final class PrivatePathRules {
  private PrivatePathRules() {}

  /** Returns the valid paths in normal form, and adds a problem for each of the others. */
  static Set<String> normalisePaths(Set<String> paths, List<Problem> problems) {
    Set<String> normalised = new TreeSet<>();
    for (String path : paths) {
      List<String> names = new ArrayList<>();
      for (String name : path.split("/", -1)) {
        if (!name.isEmpty() && !name.equals(".")) {
          names.add(name);
        }
      }
      if (path.startsWith("/")) {
        problems.add(
            invalidPath(path, "is absolute", "Write it relative to the root of the view."));
      } else if (names.isEmpty()) {
        problems.add(invalidPath(path, "is the root itself", "Name a file or directory below it."));
      } else if (names.contains("..")) {
        problems.add(invalidPath(path, "leads upwards", "Write it without \"..\"."));
      } else if (path.indexOf('\0') >= 0) {
        problems.add(
            invalidPath(path, "holds a NUL character", "No file has such a name; remove it."));
      } else {
        normalised.add(String.join("/", names));
      }
    }
    return normalised;
  }

  private static Problem invalidPath(String path, String what, String remedy) {
    return Problem.of(
        ProblemCode.PRIVATE_PATH_INVALID,
        "The private path \"" + path + "\" " + what + ".",
        remedy);
  }
}
