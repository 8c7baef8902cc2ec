package dev.overlays.testkit.layer;

import dev.overlays.layer.Name;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where to look for an entry in a layer: under one name where its parent is, or along names from
 * the layer's root.
 */
record Way(boolean fromRoot, List<Name> names) {

  static Way of(Name name) {
    return new Way(false, List.of(name));
  }

  /** The way that the value of a redirect means. */
  static Way of(byte[] redirect, String path) throws FileSystemException {
    boolean fromRoot = redirect.length > 0 && redirect[0] == '/';
    List<Name> names = new ArrayList<>();
    int start = fromRoot ? 1 : 0;
    for (int i = start; i <= redirect.length; i++) {
      if (i == redirect.length || redirect[i] == '/') {
        if (i == start || (i < redirect.length && !fromRoot)) {
          throw new FileSystemException(path, null, "has a redirect that no kernel would take");
        }
        names.add(Name.of(Arrays.copyOfRange(redirect, start, i)));
        start = i + 1;
      }
    }
    return new Way(fromRoot, List.copyOf(names));
  }

  boolean isLast(int step) {
    return step == names.size() - 1;
  }

  /** The way in the layers below one where an entry on this way has a redirect. */
  Way redirected(int step, Way redirect) {
    List<Name> changed = new ArrayList<>();
    if (!redirect.fromRoot) {
      changed.addAll(names.subList(0, step));
    }
    changed.addAll(redirect.names);
    changed.addAll(names.subList(step + 1, names.size()));
    return new Way(fromRoot || redirect.fromRoot, List.copyOf(changed));
  }
}
