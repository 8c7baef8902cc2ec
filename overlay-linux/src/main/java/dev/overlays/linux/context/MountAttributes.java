package dev.overlays.linux.context;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.MountCalls;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountFlags;
import java.util.Set;

/**
 * Changes a mount by its descriptor. Source: mount_setattr(2), Linux 5.12 and later. Where that
 * call is unavailable, mount(2) makes the same changes to an attached mount, except for the mapping
 * of owners.
 */
public final class MountAttributes {
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
    int flag = MountFlags.mountCallFlag(MountAttribute.READ_ONLY);
    try {
      setAttributes(mount, readOnly ? RDONLY : 0, readOnly ? 0 : RDONLY, 0, 0);
    } catch (SyscallException e) {
      changeOtherwise(
          e, () -> OldMountCall.setFlags(mount, readOnly ? flag : 0, readOnly ? 0 : flag));
    }
  }

  /**
   * Adds attributes to a mount.
   *
   * @param mount its root
   * @param attributes the attributes to add; others stay
   * @throws SyscallException if it is refused
   */
  public static void addAttributes(Descriptor mount, Set<MountAttribute> attributes)
      throws SyscallException {
    try {
      setAttributes(mount, MountFlags.mountAttributeFlags(attributes), 0, 0, 0);
    } catch (SyscallException e) {
      changeOtherwise(
          e,
          () ->
              OldMountCall.setFlags(
                  mount, attributes.stream().mapToInt(MountFlags::mountCallFlag).sum(), 0));
    }
  }

  /**
   * Sets how mounts inside a mount propagate.
   *
   * @param mount its root
   * @param propagation the kind
   * @throws SyscallException if it is refused
   */
  public static void setPropagation(Descriptor mount, Propagation propagation)
      throws SyscallException {
    int kind = MountFlags.propagationFlag(propagation);
    try {
      setAttributes(mount, 0, 0, kind, 0);
    } catch (SyscallException e) {
      changeOtherwise(e, () -> OldMountCall.setPropagation(mount, kind));
    }
  }

  /**
   * Maps the owners of the files that a mount shows.
   *
   * @param mount its root, not attached yet
   * @param userNamespace the user namespace whose mapping is used
   * @throws SyscallException if it is refused, for example by the file system
   */
  static void setIdMapping(Descriptor mount, Descriptor userNamespace) throws SyscallException {
    setAttributes(mount, IDMAP, 0, 0, userNamespace.number());
  }

  /**
   * Makes all mounts of this thread's mount namespace private.
   *
   * @throws SyscallException if it is refused
   */
  public static void makeAllPrivate() throws SyscallException {
    int kind = MountFlags.propagationFlag(Propagation.PRIVATE);
    if (CallProbe.mayUse(Syscall.MOUNT)) {
      OldMountCall.setPropagationOfAll(kind);
    } else {
      MountCalls.setPropagationOfAll(kind);
    }
  }

  /** The other way to make a change. */
  @FunctionalInterface
  private interface AttributeChange {
    void makeChange() throws SyscallException;
  }

  /** Goes the other way where the call is refused to this process, and throws otherwise. */
  private static void changeOtherwise(SyscallException refused, AttributeChange byMount)
      throws SyscallException {
    if (RefusedCall.of(refused).isEmpty()) {
      throw refused;
    }
    try {
      byMount.makeChange();
    } catch (SyscallException other) {
      // The mount is unattached: then the refusal of the first call is the reason.
      throw other.errno() == Errno.EINVAL ? refused : other;
    }
  }

  private static void setAttributes(
      Descriptor mount, long added, long cleared, long propagation, long userNamespace)
      throws SyscallException {
    MountCalls.setAttributes(mount, added, cleared, propagation, userNamespace);
  }
}
