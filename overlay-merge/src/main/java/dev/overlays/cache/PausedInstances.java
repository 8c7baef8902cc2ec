package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.UnmountOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The instances that are unmounted while their layers change. Each has a note in its directory
 * until it is mounted again.
 */
final class PausedInstances {
  private final SharedCache cache;
  private final Set<String> unmounted = new HashSet<>();

  PausedInstances(SharedCache cache) {
    this.cache = cache;
  }

  void unmountAll(List<CacheInstance> instances, UnmountOptions options) throws OverlayException {
    for (CacheInstance instance : instances) {
      if (instance.mount().isPresent()) {
        RemountNote.of(instance).writeNote();
        unmounted.add(instance.name());
        instance.mount().get().close(options);
        // A concurrent mount may have removed the note as one of an earlier maintenance.
        RemountNote.of(instance).writeNote();
      }
    }
  }

  /**
   * Mounts each instance that was unmounted or has a note, which may be from an earlier run.
   *
   * @return the names of those that are mounted
   */
  List<String> mountAgain(InstanceFailures failures) {
    List<String> mounted = new ArrayList<>();
    failures.runStep(
        () -> {
          for (CacheInstance instance : cache.instances()) {
            boolean again = instance.waiting() || unmounted.contains(instance.name());
            if (again && new InstanceMounting(cache, instance).mountAgain(failures)) {
              mounted.add(instance.name());
            }
          }
        });
    return mounted;
  }
}
