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
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.spi.LayerStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel makes in a work directory, and marks an upper with, before it looks at the rest
 * of a mount: removed again when no mount comes about, unless it was there before.
 */
public final class KernelTraces {
  private static final System.Logger LOG = System.getLogger("dev.overlays.linux");

  /** Made for every upper. Source: OVL_WORKDIR_NAME in fs/overlayfs/super.c. */
  private static final String WORK = "work";

  /** Made for an indexed overlay only. Source: OVL_INDEXDIR_NAME in the same file. */
  private static final String INDEX = "index";

  private final List<Name> missing = new ArrayList<>();
  private final String uuid;
  private boolean uuidMissing;

  private KernelTraces(MarkNamespace marks) {
    uuid = Mark.UUID.xattr(marks);
  }

  /**
   * To be asked before the kernel is, while the work directory is locked.
   *
   * @param spec what is to be mounted
   * @param handles its layers
   * @return what is not there yet
   */
  public static KernelTraces tracesBefore(OverlaySpec spec, LayerHandles handles) {
    KernelTraces traces = new KernelTraces(MarkNamespace.of(spec.options()));
    if (handles.workHandle().isPresent()) {
      traces.lookForUuid(handles.upperHandle().orElseThrow());
      Descriptor work = handles.workHandle().get();
      traces.lookFor(work, WORK);
      // Off is said to the kernel in so many words, whatever its default, and it makes none then.
      if (spec.options().index() || spec.options().nfsExport()) {
        traces.lookFor(work, INDEX);
      }
    }
    return traces;
  }

  private void lookFor(Descriptor work, String name) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long path = scratch.putString(name.getBytes(StandardCharsets.US_ASCII));
      if (work.attemptOn(Syscall.FACCESSAT, path, 0) == -Errno.ENOENT.number()) {
        missing.add(Name.of(name));
      }
    }
  }

  /** Set when the kernel gives a new upper an identity. Source: ovl_init_uuid_xattr, util.c. */
  private void lookForUuid(Descriptor upper) {
    String path = "/proc/self/fd/" + upper.number() + "/.";
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long length =
          Kernel.attempt(
              Syscall.LGETXATTR,
              scratch.putString(path.getBytes(StandardCharsets.US_ASCII)),
              scratch.secondString(uuid.getBytes(StandardCharsets.US_ASCII)),
              0,
              0);
      uuidMissing = length == -Errno.ENODATA.number();
    }
  }

  /**
   * To be called after a failure, under the same lock.
   *
   * @param spec what was to be mounted
   * @param handles its layers
   */
  public void removeTraces(OverlaySpec spec, LayerHandles handles) {
    if (handles.workHandle().isEmpty() || InUseProbe.inUse(handles.workHandle().get())) {
      return;
    }
    cleanDirectory(
        spec.work().orElseThrow(),
        directory -> {
          for (Name name : missing) {
            LayerEntries.removeTree(directory, name);
          }
        });
    if (uuidMissing) {
      cleanDirectory(
          spec.upper().orElseThrow(), directory -> directory.removeXattr(Name.SELF, uuid));
    }
  }

  /** What is done to a directory. */
  @FunctionalInterface
  private interface DirectoryCleaning {
    void cleanIn(LayerDirectory directory) throws IOException;
  }

  private static void cleanDirectory(Path path, DirectoryCleaning cleaning) {
    try (LayerDirectory directory = LayerStore.of(path).open(path)) {
      cleaning.cleanIn(directory);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left behind in " + path, e);
    }
  }
}
