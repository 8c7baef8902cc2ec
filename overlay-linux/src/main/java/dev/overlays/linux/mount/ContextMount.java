package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.context.KernelOptions;
import dev.overlays.linux.context.LayerChannel;
import dev.overlays.linux.context.LayerNames;
import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.context.MountMove;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountFlags;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Mounts by way of a {@link MountContext}. */
final class ContextMount {
  private static final int MNT_DETACH = 2;

  /** SET_STRING takes a value of at most this many bytes. */
  private static final int LONGEST_STRING = 255;

  private final LayerChannel channel;
  private final OverlaySpec spec;
  private final LayerHandles handles;

  ContextMount(LayerChannel channel, OverlaySpec spec, LayerHandles handles) {
    this.channel = channel;
    this.spec = spec;
    this.handles = handles;
  }

  /** Whether this way can be gone: not where a name is too long for the channel. */
  boolean fits() {
    return switch (channel) {
      case DESCRIPTORS -> true;
      case NAMES -> allFit(spec.lowers()) && allFit(spec.dataLowers()) && upperFits();
      case LIST -> LayerNames.of(spec).length <= LONGEST_STRING && upperFits();
      case DATA -> false;
    };
  }

  private boolean upperFits() {
    return spec.upper().isEmpty()
        || (LayerNames.escape(LayerNames.bytes(spec.upper().get()), "\\").length <= LONGEST_STRING
            && LayerNames.escape(LayerNames.bytes(spec.work().orElseThrow()), "\\").length
                <= LONGEST_STRING);
  }

  private static boolean allFit(List<Path> paths) {
    return paths.stream().allMatch(path -> LayerNames.bytes(path).length <= LONGEST_STRING);
  }

  /** Mounts nowhere, and returns the root: the mount is there until that is closed. */
  Descriptor create() throws IOException {
    return spec.idMappings().isEmpty()
        ? createHere()
        : IdMappedLowers.mount(
            spec, handles, seen -> new ContextMount(channel, spec, seen).createHere());
  }

  private Descriptor createHere() throws IOException {
    try (MountContext context = MountContext.open()) {
      try {
        configure(context);
        context.create();
      } catch (SyscallException e) {
        throw new MountRefusedException(e, context.messages());
      }
      return context.mount(spec.attributes().stream().mapToInt(MountFlags::attribute).sum());
    }
  }

  /** Mounts at the mount point, and returns which mount it is. */
  FileId mount() throws IOException {
    try (Descriptor mount = create()) {
      FileId id = FileId.of(mount);
      MountMove.move(mount, handles.mountPoint().orElseThrow());
      try {
        // Only now: below a shared mount it has become a shared one.
        MountAttributes.setPropagation(mount, spec.propagation());
        return id;
      } catch (SyscallException | RuntimeException | Error e) {
        try (ScratchMemory scratch = ScratchMemory.borrow()) {
          Kernel.attempt(Syscall.UMOUNT2, scratch.string(mount.magicLink()), MNT_DETACH);
        }
        throw e;
      }
    }
  }

  private void configure(MountContext context) throws SyscallException {
    context.string("source", "overlay");
    for (KernelOptions.KernelOption option : KernelOptions.of(spec)) {
      context.set(option);
    }
    switch (channel) {
      case DESCRIPTORS -> {
        for (Descriptor lower : handles.lowers()) {
          context.descriptor("lowerdir+", lower);
        }
        for (Descriptor lower : handles.dataLowers()) {
          context.descriptor("datadir+", lower);
        }
      }
      case NAMES -> {
        for (Path lower : spec.lowers()) {
          context.string("lowerdir+", LayerNames.bytes(lower));
        }
        for (Path lower : spec.dataLowers()) {
          context.string("datadir+", LayerNames.bytes(lower));
        }
      }
      case LIST, DATA -> context.string("lowerdir", LayerNames.of(spec));
    }
    if (spec.upper().isPresent()) {
      setUpper(context);
    }
  }

  private void setUpper(MountContext context) throws SyscallException {
    if (channel == LayerChannel.DESCRIPTORS) {
      context.descriptor("upperdir", handles.upper().orElseThrow());
      context.descriptor("workdir", handles.work().orElseThrow());
    } else {
      context.string(
          "upperdir", LayerNames.escape(LayerNames.bytes(spec.upper().orElseThrow()), "\\"));
      context.string(
          "workdir", LayerNames.escape(LayerNames.bytes(spec.work().orElseThrow()), "\\"));
    }
  }
}
