package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether what is mounted where an instance belongs is the instance, as the cache knows it: anybody
 * may have mounted it by hand. Of a layer that the mount table tells by a path that leads nowhere
 * from here, as a relative one may, nothing is told.
 */
final class OwnViews {
  private OwnViews() {}

  /** Whether a mount writes to the upper of an instance. */
  static boolean isOf(OverlayMount mount, OverlaySpec instance) {
    return mount.spec().upper().isPresent()
        && !differ(mount.spec().upper().get(), instance.upper().orElseThrow());
  }

  /** Refuses to take away a view that the merge would not keep and nobody would mount again. */
  static void check(List<CacheInstance> instances) throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (CacheInstance instance : instances) {
      if (instance.mount().isPresent() && !isLike(instance.mount().get(), instance.spec())) {
        problems.add(
            Problem.of(
                ProblemCode.CACHE_VIEW_DIFFERS,
                instance.mount().get().root(),
                "The view is mounted over other lowers, or with marks of another kind, than those"
                    + " of the cache.",
                "Unmount it and mount it by the cache, or make the cache of the lowers and with the"
                    + " option userxattr as it is mounted."));
      }
    }
    refuse(problems);
  }

  /** Refuses to unmount what would stay mounted elsewhere, and could not be mounted again here. */
  static void checkCopies(List<CacheInstance> instances) throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (CacheInstance instance : instances) {
      instance.mount().ifPresent(mount -> problems.addAll(mount.copies()));
    }
    refuse(problems);
  }

  private static void refuse(List<Problem> problems) throws OverlayException {
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  private static boolean isLike(OverlayMount mount, OverlaySpec instance) {
    OverlaySpec shown = mount.spec();
    return shown.options().userXattr() == instance.options().userXattr()
        && areLike(shown.lowers(), instance.lowers())
        && areLike(shown.dataLowers(), instance.dataLowers());
  }

  private static boolean areLike(List<Path> shown, List<Path> known) {
    boolean like = shown.size() == known.size();
    for (int i = 0; like && i < shown.size(); i++) {
      like = !differ(shown.get(i), known.get(i));
    }
    return like;
  }

  private static boolean differ(Path shown, Path known) {
    try {
      return shown.isAbsolute() && Files.isDirectory(shown) && !Files.isSameFile(shown, known);
    } catch (IOException e) {
      return false;
    }
  }
}
