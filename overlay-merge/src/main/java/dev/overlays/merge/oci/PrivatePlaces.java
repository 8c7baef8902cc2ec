package dev.overlays.merge.oci;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** The private paths of a view, which belong to one instance and do not travel. */
final class PrivatePlaces {
  private final Set<String> paths;

  /** Paths relative to the root, without a slash at an end. */
  PrivatePlaces(Collection<String> paths) {
    this.paths =
        paths.stream()
            .map(path -> PaxRecords.latin1(path.getBytes(StandardCharsets.UTF_8)))
            .collect(Collectors.toUnmodifiableSet());
  }

  boolean contains(byte[] path) {
    return !paths.isEmpty() && paths.contains(PaxRecords.latin1(path));
  }
}
