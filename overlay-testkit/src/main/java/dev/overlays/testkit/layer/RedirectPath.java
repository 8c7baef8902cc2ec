package dev.overlays.testkit.layer;

import dev.overlays.layer.Name;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Where to look for an entry in a layer: under one name in its parent, or along a path from the
 * layer's root.
 */
record RedirectPath(boolean fromRoot, List<Name> names) {
  private static final Set<String> NO_NAMES = Set.of("", ".", "..");

  static RedirectPath of(Name name) {
    return new RedirectPath(false, List.of(name));
  }

  /** Parses the value of a redirect, which ends at a NUL. */
  static RedirectPath parseRedirect(byte[] redirect, String path) throws FileSystemException {
    int end = 0;
    while (end < redirect.length && redirect[end] != 0) {
      end++;
    }
    boolean fromRoot = end > 0 && redirect[0] == '/';
    List<Name> names = new ArrayList<>();
    int start = fromRoot ? 1 : 0;
    for (int i = start; i <= end; i++) {
      if (i == end || redirect[i] == '/') {
        String name = new String(redirect, start, i - start, StandardCharsets.ISO_8859_1);
        if (NO_NAMES.contains(name) || (i < end && !fromRoot)) {
          throw new FileSystemException(path, null, "has a redirect that no kernel would take");
        }
        names.add(Name.of(Arrays.copyOfRange(redirect, start, i)));
        start = i + 1;
      }
    }
    return new RedirectPath(fromRoot, List.copyOf(names));
  }

  /**
   * Returns the path for the layers below, after the entry at one step was found to have a
   * redirect.
   */
  RedirectPath redirectedAt(int step, RedirectPath redirect) {
    List<Name> changed = new ArrayList<>();
    if (!redirect.fromRoot) {
      changed.addAll(names.subList(0, step));
    }
    changed.addAll(redirect.names);
    changed.addAll(names.subList(step + 1, names.size()));
    return new RedirectPath(fromRoot || redirect.fromRoot, List.copyOf(changed));
  }
}
