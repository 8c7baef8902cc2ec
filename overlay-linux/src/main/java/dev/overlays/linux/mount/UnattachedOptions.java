package dev.overlays.linux.mount;

import dev.overlays.MountAttribute;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileSystem;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * What an unattached view lacks of what was asked for. The kernel tells nobody the options of a
 * mount that is attached nowhere, so what could make it drop one is asked instead: it gives up the
 * index, and with it exports, where a layer's file system has no file handles, and becomes
 * read-only where it cannot use the work directory. Without extended attributes it would give up
 * more, but then the upper is refused beforehand. Source: ovl_make_workdir and ovl_get_layers in
 * the kernel's fs/overlayfs/super.c.
 */
final class UnattachedOptions {
  private static final int AT_EMPTY_PATH = 0x1000;

  private UnattachedOptions() {}

  static List<Problem> findProblems(OverlaySpec asked, Descriptor root, LayerHandles handles)
      throws SyscallException {
    List<String> wrong = new ArrayList<>();
    boolean writable = asked.hasUpper() && !asked.attributes().contains(MountAttribute.READ_ONLY);
    if (writable && FileSystem.of(root).readOnly()) {
      wrong.add("asked for a writable view, got a read-only one");
    }
    boolean indexed = asked.hasUpper() && asked.options().index();
    if ((indexed || asked.options().nfsExport()) && !haveFileHandles(handles)) {
      wrong.add(
          RefusedCall.of(Syscall.NAME_TO_HANDLE_AT)
              .map(
                  refused ->
                      "index: it cannot be told whether it is in force; " + refused.refusalWords())
              .orElse("index: asked true, got false"));
    }
    return wrong.stream().map(what -> OptionsInForce.differenceProblem(asked, what)).toList();
  }

  private static boolean haveFileHandles(LayerHandles handles) {
    return Stream.of(
            handles.lowerHandles().stream(),
            handles.dataLowers().stream(),
            handles.upperHandle().stream())
        .flatMap(layers -> layers)
        .allMatch(UnattachedOptions::hasFileHandle);
  }

  /** A handle of no size is asked for, which is too small where there are handles. */
  private static boolean hasFileHandle(Descriptor layer) {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long empty = scratch.putString(new byte[0]);
      long handle = scratch.structPointer(0);
      long result =
          layer.attemptOn(
              Syscall.NAME_TO_HANDLE_AT, empty, handle, scratch.dataPointer(), AT_EMPTY_PATH, 0);
      return result == -Errno.EOVERFLOW.number();
    }
  }
}
