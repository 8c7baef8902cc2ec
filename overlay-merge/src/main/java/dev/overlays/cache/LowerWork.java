package dev.overlays.cache;

import dev.overlays.OverlayException;
import java.io.IOException;

/** Something that is done while nobody else publishes or replaces the lower of a cache. */
@FunctionalInterface
interface LowerWork<T> {

  T runWith(LowerPlace place) throws IOException;

  /** Does it, and tells what fails in words of caches. */
  static <T> T runIn(SharedCache cache, LowerWork<T> work) throws OverlayException {
    try (LowerPlace place = LowerPlace.open(cache.lower())) {
      return work.runWith(place);
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(cache.lower(), "cannot be published or replaced", e);
    }
  }
}
