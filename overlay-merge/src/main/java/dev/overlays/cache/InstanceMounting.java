package dev.overlays.cache;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Mounts one instance of a cache, and keeps its boot entry. */
final class InstanceMounting {
  private final SharedCache cache;
  private final CacheInstance instance;
  private final OverlaySpec spec;

  InstanceMounting(SharedCache cache, CacheInstance instance) {
    this.cache = cache;
    this.instance = instance;
    this.spec = instance.spec();
  }

  /** Mounts the instance and writes its boot entry; if one fails, neither remains. */
  OverlayMount mountWithBootEntry() throws OverlayException {
    if (instance.mount().isPresent()) {
      OverlayMount mount = instance.mount().get();
      settleNote(mount);
      putBootEntry();
      return mount;
    }
    Optional<BootEntries.PreparedEntry> entry =
        cache.bootEntries().isPresent()
            ? Optional.of(cache.bootEntries().get().prepare(spec))
            : Optional.empty();
    OverlayMount mount = AsideMounting.mountInstance(cache, spec);
    try {
      if (entry.isPresent()) {
        entry.get().write();
      }
      settleNote(mount);
      return mount;
    } catch (OverlayException e) {
      throw unmountAfter(e, mount);
    } catch (RuntimeException | Error e) {
      try {
        mount.close();
      } catch (OverlayException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /**
   * Mounts an instance that was mounted before. If the boot entry cannot be written, the view stays
   * mounted and the failure is collected.
   *
   * @return whether it is mounted
   */
  boolean mountAgain(InstanceFailures failures) {
    boolean mounted =
        failures.runStep(
            () ->
                settleNote(
                    instance.mount().isPresent()
                        ? instance.mount().get()
                        : AsideMounting.mountInstance(cache, spec)));
    if (mounted) {
      failures.runStep(this::putBootEntry);
    }
    return mounted;
  }

  private void putBootEntry() throws OverlayException {
    if (cache.bootEntries().isPresent()) {
      cache.bootEntries().get().put(spec);
    }
  }

  private void settleNote(OverlayMount mount) throws OverlayException {
    RemountNote.of(instance).removeNote();
    if (!mount.isMounted()) {
      // A maintenance has unmounted it in the meantime and needs its note.
      RemountNote.of(instance).writeNote();
    }
  }

  /**
   * Unmounts a view after a failure. The exception reports the failure and the result of the
   * unmount.
   */
  private static OverlayException unmountAfter(OverlayException failure, OverlayMount mount) {
    List<Problem> problems = new ArrayList<>(failure.problems());
    List<Throwable> suppressed = new ArrayList<>();
    try {
      mount.close();
      problems.add(
          Problem.of(
              ProblemCode.CACHE_VIEW_UNMOUNTED,
              mount.root(),
              "The view was mounted, and was unmounted again because of this failure.",
              "Solve the problem listed before this one, and mount the instance again."));
    } catch (OverlayException e) {
      problems.addAll(e.problems());
      suppressed.add(e);
    }
    OverlayException told = new OverlayException(problems, failure);
    suppressed.forEach(told::addSuppressed);
    return told;
  }
}
