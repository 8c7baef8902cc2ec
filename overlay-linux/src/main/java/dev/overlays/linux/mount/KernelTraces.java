package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.context.InUseProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The directories that the kernel creates in a work directory, and the mark that it sets on an
 * upper, before it checks the rest of a mount. If the mount fails, they are removed unless they
 * were there before.
 */
public final class KernelTraces {
  /** Looked up only when there is something to say: that sets up the logging of the JVM. */
  private static final String LOGGER = "dev.overlays.linux";

  /** Created for every upper. Source: OVL_WORKDIR_NAME in fs/overlayfs/super.c. */
  private static final String WORK = "work";

  /** Created for an indexed overlay only. Source: OVL_INDEXDIR_NAME in the same file. */
  private static final String INDEX = "index";

  private final List<Name> missingDirectories = new ArrayList<>();
  private final String uuid;
  private boolean uuidMissing;

  private KernelTraces(MarkNamespace marks) {
    uuid = Mark.UUID.xattr(marks);
  }

  /**
   * Records what is missing. Call this before the mount, while the work directory is locked.
   *
   * @param spec what is to be mounted
   * @param handles its layers
   * @return what the kernel would create
   */
  public static KernelTraces recordBeforeMount(OverlaySpec spec, LayerHandles handles) {
    KernelTraces traces = new KernelTraces(MarkNamespace.of(spec.options()));
    if (handles.workHandle().isPresent()) {
      traces.noteIfUuidMissing(handles.upperHandle().orElseThrow());
      Descriptor work = handles.workHandle().get();
      traces.noteIfMissing(work, WORK);
      // Options that are off are passed explicitly, so the kernel creates no index then.
      if (spec.options().index() || spec.options().nfsExport()) {
        traces.noteIfMissing(work, INDEX);
      }
    }
    return traces;
  }

  private void noteIfMissing(Descriptor work, String name) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(name.getBytes(StandardCharsets.US_ASCII));
      if (work.attemptOn(Syscall.FACCESSAT, path, 0) == -Errno.ENOENT.number()) {
        missingDirectories.add(Name.of(name));
      }
    }
  }

  /**
   * The kernel sets this mark when it gives a new upper an identity. Source: ovl_init_uuid_xattr,
   * util.c.
   */
  private void noteIfUuidMissing(Descriptor upper) {
    uuidMissing = UpperMark.attemptLength(upper, uuid) == -Errno.ENODATA.number();
  }

  /**
   * Removes what the kernel created. Call this after a failure, under the same lock.
   *
   * @param spec what was to be mounted
   * @param handles its layers
   */
  public void removeTraces(OverlaySpec spec, LayerHandles handles) {
    if (handles.workHandle().isEmpty() || InUseProbe.isInUse(handles.workHandle().get())) {
      return;
    }
    cleanDirectory(
        spec.work().orElseThrow(),
        directory -> {
          for (Name name : missingDirectories) {
            LayerEntries.removeTree(directory, name);
          }
        });
    if (uuidMissing) {
      cleanDirectory(
          spec.upper().orElseThrow(), directory -> directory.removeXattr(Name.SELF, uuid));
    }
  }

  /** Removes something from a directory. */
  @FunctionalInterface
  private interface DirectoryCleaning {
    void cleanIn(LayerDirectory directory) throws IOException;
  }

  private static void cleanDirectory(Path path, DirectoryCleaning cleaning) {
    try (LayerDirectory directory = LayerStore.of(path).open(path)) {
      cleaning.cleanIn(directory);
    } catch (IOException e) {
      System.getLogger(LOGGER).log(System.Logger.Level.WARNING, "left behind in " + path, e);
    }
  }
}
