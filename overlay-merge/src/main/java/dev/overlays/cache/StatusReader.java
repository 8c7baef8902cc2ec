package dev.overlays.cache;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.merge.OverlayMerge;
import dev.overlays.merge.run.RememberingStore;
import dev.overlays.merge.run.TaskHelpers;
import dev.overlays.spi.LayerSharing;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Reads the status of a cache from the disk and the mounts. Several threads read one layer each;
 * the caller's hands on the rows in their order.
 */
final class StatusReader {
  private final SharedCache cache;
  private final Consumer<InstanceStatus> rows;
  private final UnaryOperator<LayerStore> stores;

  StatusReader(SharedCache cache, Consumer<InstanceStatus> rows) {
    // Each row, and the sum of all, ask for much of the same.
    this(cache, rows, RememberingStore.withNewMemory());
  }

  /** Reads through what is made of the stores of the layers. */
  StatusReader(SharedCache cache, Consumer<InstanceStatus> rows, UnaryOperator<LayerStore> stores) {
    this.cache = cache;
    this.rows = rows;
    this.stores = stores;
  }

  CacheStatus readStatus(int workers) throws OverlayException {
    if (workers < 1) {
      throw new IllegalArgumentException("reading the status needs a worker, not " + workers);
    }
    Set<Path> atBoot = atBoot(cache.bootEntries());
    List<CacheInstance> instances = cache.instances();
    Optional<LayerSharing> sharing = LayerStore.of(cache.lower()).findSharing(cache.lower());
    try (TaskHelpers helpers = new TaskHelpers(workers)) {
      // The largest layer is begun first, and waited for last.
      TaskHelpers.HelperTask<Long> lower = helpers.beginTask(() -> layerBytes(cache.lower()));
      List<TaskHelpers.HelperTask<InstanceStatus>> tasks = new ArrayList<>();
      for (CacheInstance instance : instances) {
        tasks.add(helpers.beginTask(() -> readInstance(instance, atBoot, sharing)));
      }
      TaskHelpers.HelperTask<Long> freed = helpers.beginTask(() -> bytesFreed(instances));
      List<InstanceStatus> statuses = new ArrayList<>();
      for (TaskHelpers.HelperTask<InstanceStatus> task : tasks) {
        InstanceStatus status = task.takeResult();
        rows.accept(status);
        statuses.add(status);
      }
      long uppers = statuses.stream().mapToLong(InstanceStatus::upperBytes).sum();
      CacheDiskUse use = new CacheDiskUse(lower.takeResult(), uppers);
      return new CacheStatus(
          cache.lower(), use, freed.takeResult(), sharing, statuses, keptLowers(cache.lower()));
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(cache.instancesDirectory(), "cannot be read", e);
    }
  }

  /** Returns a notice for each former lower, as far as this process may know of them. */
  private static List<Problem> keptLowers(Path lower) throws IOException {
    List<Problem> notices = new ArrayList<>();
    Optional<Path> place = LowerPlace.directoryOf(lower);
    if (place.isPresent()) {
      try {
        for (Path old : FormerLowers.listFormer(place.get())) {
          notices.add(FormerLowers.createNotice(old, ""));
        }
      } catch (AccessDeniedException e) {
        // They are those of another user.
        return List.of();
      }
    }
    return notices;
  }

  /** Returns what a maintenance frees. */
  private long bytesFreed(List<CacheInstance> instances) throws OverlayException {
    return instances.isEmpty()
        ? 0
        : Maintenance.defaultMerge(cache)
            .uppers(instances.stream().map(CacheInstance::spec).toList())
            .store(storeOf(cache.lower()))
            .bytesFreed();
  }

  private InstanceStatus readInstance(
      CacheInstance instance, Set<Path> atBoot, Optional<LayerSharing> sharing)
      throws OverlayException {
    OverlaySpec spec = instance.spec();
    // The survey of a merge asks for attributes of what it lists, so it comes first: a view that is
    // in use may have removed what was listed earlier.
    long freed = OverlayMerge.of(spec).store(storeOf(spec.lowers().get(0))).bytesFreed();
    return new InstanceStatus(
        instance.name(),
        instance.mount().map(OverlayMount::root),
        instance.mount().map(OverlayMount::backend),
        instance.mount().map(StatusReader::usersOf).orElse(List.of()),
        instance.waiting(),
        atBoot.contains(absolutePath(spec.mountPoint().orElseThrow())),
        layerBytes(spec.upper().orElseThrow()),
        freed,
        noticesOf(instance, atBoot, sharing));
  }

  private LayerStore storeOf(Path layer) throws OverlayException {
    return stores.apply(LayerStore.of(layer));
  }

  private long layerBytes(Path layer) throws OverlayException {
    return CacheDiskUse.layerBytes(layer, storeOf(layer));
  }

  private static List<Problem> noticesOf(
      CacheInstance instance, Set<Path> atBoot, Optional<LayerSharing> sharing)
      throws OverlayException {
    List<Problem> notices = new ArrayList<>();
    instance.aside().stream().map(AsideDirectories::createNotice).forEach(notices::add);
    if (sharing.isPresent() && sharing.get().obstacle().isEmpty()) {
      Path place = absolutePath(instance.spec().mountPoint().orElseThrow());
      boolean seen = sharing.get().users().stream().anyMatch(user -> user.isViewAt(place));
      if (instance.mount().isPresent() && !seen) {
        notices.add(unseenViewNotice(place));
      } else if (atBoot.contains(place)) {
        notices.add(unseenAtBootNotice(place));
      }
    }
    return notices;
  }

  private static Problem unseenViewNotice(Path place) {
    return Problem.of(
        ProblemCode.LAYER_LOCK_MISSING,
        place,
        "Other machines do not see that this view uses the lower: it was mounted at boot or by"
            + " mount(8), the process that held its lock was killed, or the file server has given"
            + " up the lock, as it does when this machine has no network for a while.",
        "Unmount it, and mount it again by this library; until then no other machine may merge. If"
            + " one has merged, the view may show parts of what was there before.");
  }

  private static Problem unseenAtBootNotice(Path place) {
    return Problem.of(
        ProblemCode.LAYER_LOCK_MISSING,
        place,
        "When this machine boots, its boot entry mounts this view, and other machines do not see"
            + " that it uses the lower.",
        "Let a service that starts at boot mount it by this library instead of a boot entry, or"
            + " unmount it after boot and mount it again.");
  }

  private static List<Problem> usersOf(OverlayMount mount) {
    List<Problem> users = new ArrayList<>(mount.holders());
    users.addAll(mount.otherMounts());
    return users;
  }

  private static Set<Path> atBoot(Optional<BootEntries> entries) throws OverlayException {
    Set<Path> places = new HashSet<>();
    if (entries.isPresent()) {
      for (OverlaySpec spec : entries.get().specs()) {
        spec.mountPoint().ifPresent(place -> places.add(absolutePath(place)));
      }
    }
    return places;
  }

  private static Path absolutePath(Path path) {
    return path.toAbsolutePath().normalize();
  }
}
