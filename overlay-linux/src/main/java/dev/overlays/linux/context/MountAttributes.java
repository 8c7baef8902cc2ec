package dev.overlays.linux.context;

import dev.overlays.MountAttribute;
import dev.overlays.Propagation;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import dev.overlays.linux.table.MountFlags;
import java.util.Set;

/** Changes of a mount by its descriptor. Source: mount_setattr(2), Linux 5.12 and later. */
public final class MountAttributes {
  private static final int AT_EMPTY_PATH = 0x1000;
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
    set(mount, readOnly ? RDONLY : 0, readOnly ? 0 : RDONLY, 0, 0);
  }

  /**
   * Adds properties to a mount.
   *
   * @param mount its root
   * @param attributes the properties; what else it has stays
   * @throws SyscallException if it is refused
   */
  public static void add(Descriptor mount, Set<MountAttribute> attributes) throws SyscallException {
    set(mount, attributes.stream().mapToInt(MountFlags::attribute).sum(), 0, 0, 0);
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
    set(mount, 0, 0, MountFlags.propagation(propagation), 0);
  }

  /**
   * Maps the owners of what a mount shows.
   *
   * @param mount its root, attached nowhere yet
   * @param userNamespace whose mapping is taken
   * @throws SyscallException if it is refused, for example by the file system
   */
  static void setIdMapping(Descriptor mount, Descriptor userNamespace) throws SyscallException {
    set(mount, IDMAP, 0, 0, userNamespace.number());
  }

  private static void set(
      Descriptor mount, long added, long cleared, long propagation, long userNamespace)
      throws SyscallException {
    Scratch scratch = Scratch.get();
    long empty = scratch.string(new byte[0]);
    long attributes = scratch.struct(added, cleared, propagation, userNamespace);
    Kernel.call(Syscall.MOUNT_SETATTR, mount.number(), empty, AT_EMPTY_PATH, attributes, SIZE);
  }
}
