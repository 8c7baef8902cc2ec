package dev.overlays.linux.mount;

import dev.overlays.MountAttribute;
import dev.overlays.OverlayException;
import dev.overlays.OverlaySpec;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.linux.context.MountAttributes;
import dev.overlays.linux.context.MountContext;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.FileId;
import dev.overlays.linux.syscall.FileSystemInfo;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.file.Path;

/**
 * Makes a mounted view read-only or writable again by changing its mount. The file system itself
 * must become writable too if the spec asked for a read-only mount.
 */
public final class AccessRemount {
  private AccessRemount() {}

  /**
   * Changes a mount that is in the mount table.
   *
   * @param spec what is mounted
   * @param place where
   * @param id an identity of its root
   * @param readOnly whether nothing may be written
   * @throws OverlayException if files are open for writing, or the mount cannot be changed
   */
  public static void remountAt(OverlaySpec spec, Path place, FileId id, boolean readOnly)
      throws OverlayException {
    try (Descriptor mount = Descriptor.open(place, OpenFlags.PATH)) {
      remountOpened(spec, mount, readOnly, place, InspectedMount.ofMountAt(place, id, mount));
    } catch (SyscallException e) {
      throw refusedRemount(place, RefusedCall.reasonOf(e));
    }
  }

  static void remountOpened(
      OverlaySpec spec, Descriptor mount, boolean readOnly, Path place, InspectedMount held)
      throws OverlayException {
    if (!readOnly && !spec.hasUpper()) {
      throw refusedRemount(place, "it has no upper to write to");
    }
    try {
      MountAttributes.setReadOnly(mount, readOnly);
      if (!readOnly && FileSystemInfo.of(mount).readOnly()) {
        makeFileSystemWritable(mount);
      }
    } catch (SyscallException e) {
      if (e.errno() == Errno.EBUSY) {
        throw MountHolders.busyRefusal(
            place, "Files of the view are open for writing.", MountHolders.of(held));
      }
      throw refusedRemount(place, RefusedCall.reasonOf(e));
    }
  }

  /**
   * Changes the file system instead of the mount, for a mount that is attached nowhere: the kernel
   * only changes mounts of this mount namespace. Source: do_mount_setattr in fs/namespace.c.
   */
  static void remountFileSystem(
      OverlaySpec spec, Descriptor mount, boolean readOnly, Path place, InspectedMount held)
      throws OverlayException {
    if (!readOnly && !spec.hasUpper()) {
      throw refusedRemount(place, "it has no upper to write to");
    }
    if (!readOnly && spec.attributes().contains(MountAttribute.READ_ONLY)) {
      throw refusedRemount(place, "it was mounted read-only, and is attached nowhere");
    }
    try (MountContext context = MountContext.of(mount)) {
      context.setFlag(readOnly ? "ro" : "rw");
      context.reconfigureSuperblock();
    } catch (SyscallException e) {
      if (e.errno() == Errno.EBUSY) {
        throw MountHolders.busyRefusal(
            place, "Files of the view are open for writing.", MountHolders.of(held));
      }
      throw refusedRemount(place, e.errno().text());
    }
  }

  private static void makeFileSystemWritable(Descriptor mount) throws SyscallException {
    try {
      MountContext.makeWritable(mount);
    } catch (SyscallException e) {
      MountAttributes.setReadOnly(mount, true);
      throw e;
    }
  }

  /**
   * Returns the exception for a view that cannot be changed.
   *
   * @param place where the view is seen
   * @param why the reason in a few words
   * @return the exception
   */
  public static OverlayException refusedRemount(Path place, String why) {
    return new OverlayException(
        Problem.of(
            ProblemCode.REMOUNT_REFUSED,
            place,
            "The view cannot be changed: " + why + ".",
            "Unmount it, and mount it as it should be."));
  }
}
