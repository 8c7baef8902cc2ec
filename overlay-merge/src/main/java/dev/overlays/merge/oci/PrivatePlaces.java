package dev.overlays.merge.oci;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The private paths of a view. They belong to one instance and are not exported. */
final class PrivatePlaces {
  private final Set<RawPath> paths;

  /** Makes a set of paths relative to the root, without slashes at either end. */
  PrivatePlaces(Collection<String> paths) {
    this.paths = paths.stream().map(RawPath::of).collect(Collectors.toUnmodifiableSet());
  }

  boolean isEmpty() {
    return paths.isEmpty();
  }

  boolean isPrivate(RawPath path) {
    return paths.contains(path);
  }
}
