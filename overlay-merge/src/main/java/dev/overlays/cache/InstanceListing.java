package dev.overlays.cache;

import dev.overlays.OverlayException;
import dev.overlays.OverlayMount;
import dev.overlays.OverlaySpec;
import dev.overlays.Overlays;
import java.io.IOException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Lists the instances of a cache that are on the disk, with their views. */
final class InstanceListing {
  private InstanceListing() {}

  static List<CacheInstance> listInstances(SharedCache cache) throws OverlayException {
    List<CacheInstance> instances = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(cache.instancesDirectory())) {
      Map<Path, OverlayMount> mounts = mountsByPath();
      for (Path entry : entries) {
        OverlaySpec spec = cache.spec(entry.getFileName().toString());
        if (Files.isDirectory(spec.upper().orElseThrow())) {
          instances.add(
              new CacheInstance(
                  entry.getFileName().toString(),
                  spec,
                  Optional.ofNullable(mounts.get(realPath(spec.mountPoint().orElseThrow())))
                      .filter(mount -> InstanceViewCheck.isViewOf(mount, spec)),
                  RemountNote.inDirectory(entry).isPresent(),
                  AsideDirectories.listIn(entry)));
        }
      }
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(cache.instancesDirectory(), "cannot be listed", e);
    } catch (DirectoryIteratorException e) {
      throw InstanceFailures.accessFailure(
          cache.instancesDirectory(), "cannot be listed", e.getCause());
    }
    instances.sort(Comparator.comparing(CacheInstance::name));
    return instances;
  }

  /**
   * Returns the mounts by mount point. Where several are mounted over each other, the top one
   * counts, because it is listed last.
   */
  private static Map<Path, OverlayMount> mountsByPath() throws OverlayException {
    Map<Path, OverlayMount> mounts = new HashMap<>();
    for (OverlayMount mount : Overlays.mounted()) {
      mount.spec().mountPoint().ifPresent(place -> mounts.put(realPath(place), mount));
    }
    return mounts;
  }

  private static Path realPath(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException | ClosedFileSystemException e) {
      // Also a view in memory that somebody has forgotten: it must not disturb other caches.
      return path.toAbsolutePath().normalize();
    }
  }
}
