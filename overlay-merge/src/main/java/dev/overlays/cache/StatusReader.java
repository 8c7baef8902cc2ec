package dev.overlays.cache;

import dev.overlays.BootEntries;
import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.merge.OverlayMerge;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads the status of a cache from the disk and the mounts. */
final class StatusReader {
  private StatusReader() {}

  static CacheStatus readStatus(SharedCache cache) throws OverlayException {
    List<InstanceStatus> rows = new ArrayList<>();
    Set<Path> atBoot = atBoot(cache.bootEntries());
    long uppers = 0;
    for (CacheInstance instance : cache.instances()) {
      OverlaySpec spec = instance.spec();
      long upper = CacheDiskUse.layerBytes(spec.upper().orElseThrow());
      uppers += upper;
      rows.add(
          new InstanceStatus(
              instance.name(),
              instance.mount().map(OverlayMount::root),
              instance.mount().map(OverlayMount::backend),
              instance.mount().map(StatusReader::usersOf).orElse(List.of()),
              instance.waiting(),
              atBoot.contains(absolutePath(spec.mountPoint().orElseThrow())),
              upper,
              OverlayMerge.of(spec).dryRun().bytesFreed(),
              instance.aside().stream().map(AsideDirectories::createNotice).toList()));
    }
    CacheDiskUse use = new CacheDiskUse(CacheDiskUse.layerBytes(cache.lower()), uppers);
    return new CacheStatus(cache.lower(), use, rows);
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
