package dev.overlays.linux.context;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountFlags;
import java.util.Set;

/**
 * Changes of a mount by its descriptor. Source: mount_setattr(2), Linux 5.12 and later. Where that
 * cannot be had mount(2) does the same for a mount that is attached somewhere, but for the mapping
 * of owners.
 */
public final class MountAttributes {
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int AT_RECURSIVE = 0x8000;
  private static final byte[] ROOT = {'/'};
  private static final int SIZE = 32;
  private static final long RDONLY = 0x1;
  private static final long IDMAP = 0x100000;

  private MountAttributes() {}

  /**
   * Makes a mount read-only, or not.
   *
   * @param mount its root
   * @param readOnly whether nothing may be written through it
   * @throws SyscallException if it is refused; EBUSY while files are open for writing
   */
  public static void setReadOnly(Descriptor mount, boolean readOnly) throws SyscallException {
    int flag = MountFlags.flagOf(MountAttribute.READ_ONLY);
    changeAttributes(
        () -> setAttributes(mount, readOnly ? RDONLY : 0, readOnly ? 0 : RDONLY, 0, 0),
        () -> OldMountCall.setFlags(mount, readOnly ? flag : 0, readOnly ? 0 : flag));
  }

  /**
   * Adds properties to a mount.
   *
   * @param mount its root
   * @param attributes the properties; what else it has stays
   * @throws SyscallException if it is refused
   */
  public static void addAttributes(Descriptor mount, Set<MountAttribute> attributes)
      throws SyscallException {
    changeAttributes(
        () ->
            setAttributes(
                mount, attributes.stream().mapToInt(MountFlags::attributeFlag).sum(), 0, 0, 0),
        () ->
            OldMountCall.setFlags(
                mount, attributes.stream().mapToInt(MountFlags::flagOf).sum(), 0));
  }

  /**
   * Sets what becomes elsewhere of what is mounted inside a mount.
   *
   * @param mount its root
   * @param propagation the kind
   * @throws SyscallException if it is refused
   */
  public static void setPropagation(Descriptor mount, Propagation propagation)
      throws SyscallException {
    int kind = MountFlags.propagationFlag(propagation);
    changeAttributes(
        () -> setAttributes(mount, 0, 0, kind, 0), () -> OldMountCall.setPropagation(mount, kind));
  }

  /**
   * Maps the owners of what a mount shows.
   *
   * @param mount its root, attached nowhere yet
   * @param userNamespace whose mapping is taken
   * @throws SyscallException if it is refused, for example by the file system
   */
  static void setIdMapping(Descriptor mount, Descriptor userNamespace) throws SyscallException {
    setAttributes(mount, IDMAP, 0, 0, userNamespace.number());
  }

  /**
   * Keeps all mounts of this thread's mount namespace to it.
   *
   * @throws SyscallException if it is refused
   */
  public static void makeAllPrivate() throws SyscallException {
    int kind = MountFlags.propagationFlag(Propagation.PRIVATE);
    if (CallProbe.mayUse(Syscall.MOUNT)) {
      OldMountCall.setPropagationOfAll(kind);
    } else {
      try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
        long root = scratch.putString(ROOT);
        long attributes = scratch.structPointer(0, 0, kind, 0);
        Kernel.call(Syscall.MOUNT_SETATTR, Kernel.AT_FDCWD, root, AT_RECURSIVE, attributes, SIZE);
      }
    }
  }

  /** One way to make a change. */
  @FunctionalInterface
  private interface AttributeChange {
    void makeChange() throws SyscallException;
  }

  private static void changeAttributes(AttributeChange byDescriptor, AttributeChange byMount)
      throws SyscallException {
    try {
      byDescriptor.makeChange();
    } catch (SyscallException e) {
      if (RefusedCall.of(e).isEmpty()) {
        throw e;
      }
      try {
        byMount.makeChange();
      } catch (SyscallException other) {
        // Attached nowhere: that the first way is refused is the reason then.
        throw other.errno() == Errno.EINVAL ? e : other;
      }
    }
  }

  private static void setAttributes(
      Descriptor mount, long added, long cleared, long propagation, long userNamespace)
      throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long empty = scratch.putString(new byte[0]);
      long attributes = scratch.structPointer(added, cleared, propagation, userNamespace);
      mount.callOn(Syscall.MOUNT_SETATTR, empty, AT_EMPTY_PATH, attributes, SIZE);
    }
  }
}
