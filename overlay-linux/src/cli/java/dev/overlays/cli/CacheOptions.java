package dev.overlays.cli;

import dev.overlays.OverlayException;
import dev.overlays.Overlays;
import dev.overlays.cache.CacheInstance;
import dev.overlays.cache.SharedCache;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say which cache a command is about. */
final class CacheOptions {
  /** Its views end with the process that has mounted them. */
  private static final String ROOTLESS = "rootless";

  private static final String FUSE = "fuse-overlayfs";

  @Option(
      names = "--lower",
      required = true,
      paramLabel = "DIR",
      description = "The directory that all instances share.")
  private Path lower;

  @Option(
      names = "--instances",
      required = true,
      paramLabel = "DIR",
      description = "The directory that holds a directory for each instance.")
  private Path instances;

  @Option(
      names = "--private-path",
      paramLabel = "PATH",
      description = "A path in the views that belongs to each instance alone. Repeatable.")
  private List<String> privatePaths = new ArrayList<>();

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "What mounts: kernel (root's default) or fuse-overlayfs (any other user's).")
  private String backend;

  @Mixin private MountOptions options;

  Path instances() {
    return instances;
  }

  /** Returns the cache. */
  SharedCache openCache() {
    SharedCache cache = SharedCache.of(lower, instances).options(old -> options.readOptions());
    for (String path : privatePaths) {
      cache = cache.privatePath(path);
    }
    String name = backend;
    if (name == null && !MountOptions.isKernelUsable()) {
      name = FUSE;
    }
    if (ROOTLESS.equals(name)) {
      throw new IllegalArgumentException(
          "a view of the backend rootless ends with this program: use the backend " + FUSE);
    }
    return name == null ? cache : cache.backend(name);
  }

  /** Returns the cache by absolute paths, for what is read when the machine starts. */
  SharedCache openAbsoluteCache() {
    lower = lower.toAbsolutePath().normalize();
    instances = instances.toAbsolutePath().normalize();
    return openCache();
  }

  /** Returns the cache with the boot entries of a file. */
  SharedCache openCache(Path fstab) throws OverlayException {
    return openCache().bootEntries(Overlays.bootEntries(fstab));
  }

  /** Returns the names of all instances if none is given. */
  static List<String> namesOrAll(SharedCache cache, List<String> names) throws OverlayException {
    return names.isEmpty() ? cache.instances().stream().map(CacheInstance::name).toList() : names;
  }
}
