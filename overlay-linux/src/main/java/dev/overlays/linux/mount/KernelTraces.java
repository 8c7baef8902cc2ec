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
  public static KernelTraces before(OverlaySpec spec, LayerHandles handles) {
    KernelTraces traces = new KernelTraces(MarkNamespace.of(spec.options()));
    if (handles.work().isPresent()) {
      traces.lookForUuid(handles.upper().orElseThrow());
      Descriptor work = handles.work().get();
      traces.look(work, WORK);
      // Off is said to the kernel in so many words, whatever its default, and it makes none then.
      if (spec.options().index() || spec.options().nfsExport()) {
        traces.look(work, INDEX);
      }
    }
    return traces;
  }

  private void look(Descriptor work, String name) {
    try (ScratchMemory scratch = ScratchMemory.borrow()) {
      long path = scratch.string(name.getBytes(StandardCharsets.US_ASCII));
      if (work.attempt(Syscall.FACCESSAT, path, 0) == -Errno.ENOENT.number()) {
        missing.add(Name.of(name));
      }
    }
  }

  /** Set when the kernel gives a new upper an identity. Source: ovl_init_uuid_xattr, util.c. */
  private void lookForUuid(Descriptor upper) {
    String path = "/proc/self/fd/" + upper.number() + "/.";
    try (ScratchMemory scratch = ScratchMemory.borrow()) {
      long length =
          Kernel.attempt(
              Syscall.LGETXATTR,
              scratch.string(path.getBytes(StandardCharsets.US_ASCII)),
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
  public void remove(OverlaySpec spec, LayerHandles handles) {
    if (handles.work().isEmpty() || InUseProbe.inUse(handles.work().get())) {
      return;
    }
    clean(
        spec.work().orElseThrow(),
        directory -> {
          for (Name name : missing) {
            LayerEntries.removeTree(directory, name);
          }
        });
    if (uuidMissing) {
      clean(spec.upper().orElseThrow(), directory -> directory.removeXattr(Name.SELF, uuid));
    }
  }

  /** What is done to a directory. */
  @FunctionalInterface
  private interface DirectoryCleaning {
    void in(LayerDirectory directory) throws IOException;
  }

  private static void clean(Path path, DirectoryCleaning cleaning) {
    try (LayerDirectory directory = LayerStore.of(path).open(path)) {
      cleaning.in(directory);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "left behind in " + path, e);
    }
  }
}
