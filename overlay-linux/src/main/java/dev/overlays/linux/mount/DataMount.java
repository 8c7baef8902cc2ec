package dev.overlays.linux.mount;

import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.context.IdMappedTree;
import dev.overlays.linux.context.KernelOptions;
import dev.overlays.linux.context.LayerNames;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountFlags;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Mounts by mount(2), with everything in one string: the last way. */
final class DataMount {
  /** Beyond this mount(2) cuts the string off, and may mount other directories than were meant. */
  private static final int MAX_DATA_BYTES = 4095;

  private final OverlaySpec spec;
  private final LayerHandles handles;

  DataMount(OverlaySpec spec, LayerHandles handles) {
    this.spec = spec;
    this.handles = handles;
  }

  FileId mountOverlay() throws IOException {
    refuseIdMappings();
    byte[] data = mountData(spec);
    if (data.length > MAX_DATA_BYTES) {
      throw new OverlayException(
          Problem.of(
              ProblemCode.LAYERS_TOO_LONG,
              "The names of the layers make "
                  + data.length
                  + " bytes of mount options, and this kernel takes "
                  + MAX_DATA_BYTES
                  + ".",
              "Use shorter paths or fewer lowers, or a newer kernel (6.13 has no such limit)."));
    }
    return mountOverlay(data, handles.mountPointHandle().orElseThrow().targetPath());
  }

  private FileId mountOverlay(byte[] data, Path target) throws IOException {
    byte[] place = PathBytes.of(target);
    int flags = spec.attributes().stream().mapToInt(MountFlags::mountCallFlag).sum();
    try {
      MountCalls.mount("overlay", place, flags, data);
    } catch (SyscallException e) {
      throw new MountRefusedException(e, List.of());
    }
    try {
      MountCalls.changeMount(place, MountFlags.propagationFlag(spec.propagation()));
      return FileId.of(place);
    } catch (SyscallException | RuntimeException | Error e) {
      MountCalls.unmount(place, 0);
      throw e;
    }
  }

  /** Only a context takes a lower that is attached in another namespace. */
  private void refuseIdMappings() throws OverlayException {
    if (spec.idMappings().isEmpty()) {
      return;
    }
    List<Problem> problems = new ArrayList<>();
    IdMappedTree.checkMapping(spec, problems);
    if (problems.isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.LAYERS_TOO_LONG,
              "The names of the layers are too long for lowers with other owners on this kernel.",
              "Use shorter paths, or a newer kernel (6.13 has no such limit)."));
    }
    throw new OverlayException(problems);
  }

  /** All options in one string. The superblock is made read-only by a flag, not by a word. */
  static byte[] mountData(OverlaySpec spec) {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    appendOption(data, "lowerdir=", LayerNames.of(spec));
    if (spec.upper().isPresent()) {
      appendOption(data, ",upperdir=", escapeBackslash(spec.upper().get()));
      appendOption(data, ",workdir=", escapeBackslash(spec.work().orElseThrow()));
    }
    for (KernelOptions.KernelOption option : KernelOptions.of(spec)) {
      if (!option.key().equals("ro")) {
        data.writeBytes(("," + option).getBytes(StandardCharsets.US_ASCII));
      }
    }
    return data.toByteArray();
  }

  private static byte[] escapeBackslash(Path path) {
    return LayerNames.escapeBytes(LayerNames.bytesOf(path), "\\");
  }

  /** Commas get a backslash too, and those that are there stay as they are. */
  private static void appendOption(ByteArrayOutputStream data, String key, byte[] value) {
    data.writeBytes(key.getBytes(StandardCharsets.US_ASCII));
    data.writeBytes(LayerNames.escapeBytes(value, ","));
  }
}
