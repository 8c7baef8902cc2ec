package dev.overlays.linux.mount;

import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.InodeHandle;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Finds requested options that an unattached view does not have. The kernel does not show the
 * options of a mount that is attached nowhere, so this checks the conditions under which it drops
 * one: it drops the index, and with it exports, if the file system of a layer has no file handles,
 * and mounts read-only if it cannot use the work directory. Without extended attributes it would
 * drop more, but such an upper is refused beforehand. Source: ovl_make_workdir and ovl_get_layers
 * in the kernel's fs/overlayfs/super.c.
 */
final class UnattachedOptions {
  private UnattachedOptions() {}

  static List<Problem> findProblems(OverlaySpec asked, Descriptor root, LayerHandles handles)
      throws SyscallException {
    List<String> wrong = new ArrayList<>();
    boolean writable = asked.hasUpper() && !asked.attributes().contains(MountAttribute.READ_ONLY);
    if (writable && FileSystemInfo.of(root).readOnly()) {
      wrong.add("asked for a writable view, got a read-only one");
    }
    boolean indexed = asked.hasUpper() && asked.options().index();
    if ((indexed || asked.options().nfsExport()) && !haveFileHandles(handles)) {
      wrong.add(
          RefusedCall.of(Syscall.NAME_TO_HANDLE_AT)
              .map(
                  refused ->
                      "index: it is unknown whether it is in force; " + refused.refusalWords())
              .orElse("index: asked true, got false"));
    }
    return wrong.stream().map(what -> OptionsInForce.differenceProblem(asked, what)).toList();
  }

  private static boolean haveFileHandles(LayerHandles handles) {
    return Stream.of(
            handles.lowerHandles().stream(),
            handles.dataLowerHandles().stream(),
            handles.upperHandle().stream())
        .flatMap(layers -> layers)
        .allMatch(InodeHandle::isProvidedFor);
  }
}
