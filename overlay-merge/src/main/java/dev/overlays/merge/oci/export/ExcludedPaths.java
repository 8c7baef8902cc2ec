package dev.overlays.merge.oci.export;

import dev.overlays.merge.oci.tar.RawPath;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The private paths of a view. They belong to one instance and are not exported. */
public final class ExcludedPaths {
  private final Set<RawPath> paths;

  /** Makes a set of paths relative to the root, without slashes at either end. */
  public ExcludedPaths(Collection<String> paths) {
    this.paths = paths.stream().map(RawPath::of).collect(Collectors.toUnmodifiableSet());
  }

  boolean isEmpty() {
    return paths.isEmpty();
  }

  boolean isPrivate(RawPath path) {
    return paths.contains(path);
  }
}
