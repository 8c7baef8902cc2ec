package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel makes in a work directory before it looks at the rest of a mount: removed again
 * when no mount comes about, unless it was there before.
 */
final class KernelTraces {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  /** Source: OVL_WORKDIR_NAME and OVL_INDEXDIR_NAME in fs/overlayfs/super.c. */
  private static final List<String> NAMES = List.of("work", "index");

  private final Optional<Path> work;
  private final List<Name> missing = new ArrayList<>();

  private KernelTraces(OverlaySpec spec) {
    work = spec.work();
    for (String name : NAMES) {
      if (work.isPresent()
          && Files.notExists(work.get().resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        missing.add(Name.of(name));
      }
    }
  }

  /** To be asked before the kernel is, while the work directory is locked. */
  static KernelTraces before(OverlaySpec spec) {
    return new KernelTraces(spec);
  }

  /** To be called after a failure, under the same lock. */
  void remove(LayerHandles handles) {
    if (missing.isEmpty() || InUseProbe.inUse(handles.work().orElseThrow())) {
      return;
    }
    Path path = work.orElseThrow();
    try (LayerDirectory directory = LayerStore.of(path).open(path)) {
      for (Name name : missing) {
        LayerEntries.removeTree(directory, name);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left behind in " + path, e);
    }
  }
}
