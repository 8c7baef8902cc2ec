package dev.overlays.linux.mount;

import dev.overlays.OverlaySpec;
import dev.overlays.linux.context.KernelOptions;
import dev.overlays.linux.context.LayerNames;
import dev.overlays.linux.context.LayerPassing;
import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.context.MountMove;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountFlags;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Mounts by way of a {@link MountContext}. */
final class ContextMount {
  /** SET_STRING takes a value of at most this many bytes. */
  private static final int MAX_STRING_BYTES = 255;

  private final LayerPassing channel;
  private final OverlaySpec spec;
  private final LayerHandles handles;

  ContextMount(LayerPassing channel, OverlaySpec spec, LayerHandles handles) {
    this.channel = channel;
    this.spec = spec;
    this.handles = handles;
  }

  /** Whether this way can be gone: not where a name is too long for the channel. */
  boolean fitsChannel() {
    return switch (channel) {
      case DESCRIPTORS -> true;
      case NAMES -> allFit(spec.lowers()) && allFit(spec.dataLowers()) && upperFits();
      case LIST -> LayerNames.of(spec).length <= MAX_STRING_BYTES && upperFits();
      case DATA -> false;
    };
  }

  private boolean upperFits() {
    return spec.upper().isEmpty()
        || (LayerNames.escapeBytes(LayerNames.bytesOf(spec.upper().get()), "\\").length
                <= MAX_STRING_BYTES
            && LayerNames.escapeBytes(LayerNames.bytesOf(spec.work().orElseThrow()), "\\").length
                <= MAX_STRING_BYTES);
  }

  private static boolean allFit(List<Path> paths) {
    return paths.stream().allMatch(path -> LayerNames.bytesOf(path).length <= MAX_STRING_BYTES);
  }

  /** Mounts nowhere, and returns the root: the mount is there until that is closed. */
  Descriptor createMount() throws IOException {
    return spec.idMappings().isEmpty()
        ? createInThisNamespace()
        : IdMappedLowers.mountMapped(
            spec, handles, seen -> new ContextMount(channel, spec, seen).createInThisNamespace());
  }

  private Descriptor createInThisNamespace() throws IOException {
    try (MountContext context = MountContext.open()) {
      try {
        configureContext(context);
        context.createSuperblock();
      } catch (SyscallException e) {
        throw new MountRefusedException(e, context.readMessages());
      }
      return context.makeMount(MountFlags.mountAttributeFlags(spec.attributes()));
    }
  }

  /** Mounts at the mount point, and returns which mount it is. */
  FileId mountAttached() throws IOException {
    try (Descriptor mount = createMount()) {
      FileId id = FileId.of(mount);
      MountMove.moveMount(mount, handles.mountPointHandle().orElseThrow());
      try {
        // Only now, because attaching it below a shared mount made it shared.
        MountAttributes.setPropagation(mount, spec.propagation());
        return id;
      } catch (SyscallException | RuntimeException | Error e) {
        MountCalls.unmount(mount.magicLink(), MountCalls.MNT_DETACH);
        throw e;
      }
    }
  }

  private void configureContext(MountContext context) throws SyscallException {
    context.setString("source", "overlay");
    for (KernelOptions.KernelOption option : KernelOptions.of(spec)) {
      context.setOption(option);
    }
    switch (channel) {
      case DESCRIPTORS -> {
        for (Descriptor lower : handles.lowerHandles()) {
          context.setDescriptor("lowerdir+", lower);
        }
        for (Descriptor lower : handles.dataLowerHandles()) {
          context.setDescriptor("datadir+", lower);
        }
      }
      case NAMES -> {
        for (Path lower : spec.lowers()) {
          context.setString("lowerdir+", LayerNames.bytesOf(lower));
        }
        for (Path lower : spec.dataLowers()) {
          context.setString("datadir+", LayerNames.bytesOf(lower));
        }
      }
      case LIST, DATA -> context.setString("lowerdir", LayerNames.of(spec));
    }
    if (spec.upper().isPresent()) {
      setUpper(context);
    }
  }

  private void setUpper(MountContext context) throws SyscallException {
    if (channel == LayerPassing.DESCRIPTORS) {
      context.setDescriptor("upperdir", handles.upperHandle().orElseThrow());
      context.setDescriptor("workdir", handles.workHandle().orElseThrow());
    } else {
      context.setString(
          "upperdir", LayerNames.escapeBytes(LayerNames.bytesOf(spec.upper().orElseThrow()), "\\"));
      context.setString(
          "workdir", LayerNames.escapeBytes(LayerNames.bytesOf(spec.work().orElseThrow()), "\\"));
    }
  }
}
