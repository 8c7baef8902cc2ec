package dev.overlays.merge.oci;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The private paths of a view, which belong to one instance and do not travel. */
final class PrivatePlaces {
  private final Set<RawPath> paths;

  /** Paths relative to the root, without a slash at an end. */
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
