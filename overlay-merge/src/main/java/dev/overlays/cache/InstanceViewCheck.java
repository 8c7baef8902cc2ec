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
 * Checks that the view at an instance's mount point is the instance as the cache knows it: somebody
 * may have mounted another one by hand. Layers whose path in the mount table leads nowhere, such as
 * a relative path, are not compared.
 */
final class InstanceViewCheck {
  private InstanceViewCheck() {}

  /** Whether a mount writes to the upper of an instance. */
  static boolean isViewOf(OverlayMount mount, OverlaySpec instance) {
    return mount.spec().upper().isPresent()
        && !areDifferent(mount.spec().upper().get(), instance.upper().orElseThrow());
  }

  /**
   * Refuses to unmount a view with other layers or marks, which the cache would not mount again.
   */
  static void refuseOtherViews(List<CacheInstance> instances) throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (CacheInstance instance : instances) {
      if (instance.mount().isPresent() && !hasSameLayers(instance.mount().get(), instance.spec())) {
        problems.add(
            Problem.of(
                ProblemCode.CACHE_VIEW_DIFFERS,
                instance.mount().get().root(),
                "The view is mounted over other lowers, or with marks of another kind, than those"
                    + " of the cache.",
                "Unmount it and mount it through the cache, or create the cache with the lowers and"
                    + " the option userxattr of this view."));
      }
    }
    throwIfAny(problems);
  }

  /**
   * Refuses to unmount a view that would stay mounted elsewhere, so that it could not be mounted
   * again here.
   */
  static void refuseCopies(List<CacheInstance> instances) throws OverlayException {
    List<Problem> problems = new ArrayList<>();
    for (CacheInstance instance : instances) {
      instance.mount().ifPresent(mount -> problems.addAll(mount.otherMounts()));
    }
    throwIfAny(problems);
  }

  private static void throwIfAny(List<Problem> problems) throws OverlayException {
    if (!problems.isEmpty()) {
      throw new OverlayException(problems);
    }
  }

  private static boolean hasSameLayers(OverlayMount mount, OverlaySpec instance) {
    OverlaySpec shown = mount.spec();
    return shown.options().userXattr() == instance.options().userXattr()
        && areSame(shown.lowers(), instance.lowers())
        && areSame(shown.dataLowers(), instance.dataLowers());
  }

  private static boolean areSame(List<Path> shown, List<Path> known) {
    boolean like = shown.size() == known.size();
    for (int i = 0; like && i < shown.size(); i++) {
      like = !areDifferent(shown.get(i), known.get(i));
    }
    return like;
  }

  private static boolean areDifferent(Path shown, Path known) {
    try {
      return shown.isAbsolute() && Files.isDirectory(shown) && !Files.isSameFile(shown, known);
    } catch (IOException e) {
      return false;
    }
  }
}
