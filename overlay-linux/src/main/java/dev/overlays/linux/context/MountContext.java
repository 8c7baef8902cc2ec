package dev.overlays.linux.context;

import dev.overlays.linux.syscall.CallProbe;
import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.RefusedCall;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount in the making: fsopen or fspick, fsconfig, fsmount. Every method stops at the first
 * failure, because a context in which a setting has failed can still be mounted, without what was
 * refused. Source: include/uapi/linux/mount.h; shared/overlayfs-reference.md, section 3.
 */
public final class MountContext implements AutoCloseable {
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;

  /** FSPICK_CLOEXEC and FSPICK_EMPTY_PATH. */
  private static final int FSPICK_BY_DESCRIPTOR = 0x1 | 0x8;

  private static final int SET_FLAG = 0;
  private static final int SET_STRING = 1;
  private static final int SET_FD = 5;
  private static final int CMD_CREATE = 6;
  private static final int CMD_RECONFIGURE = 7;
  private static final int MESSAGE_SIZE = 1024;

  private final Descriptor context;

  private MountContext(Descriptor context) {
    this.context = context;
  }

  /**
   * Tells whether contexts can be had and configured. What becomes of one may be refused still.
   *
   * @return whether this process may open contexts
   */
  public static boolean areThere() {
    return CallProbe.mayUseAll(Syscall.FSOPEN, Syscall.FSCONFIG);
  }

  /**
   * Opens a context for an overlay.
   *
   * @return the context, to be closed
   * @throws SyscallException if this kernel has no contexts or no overlay, or the caller no right
   */
  public static MountContext open() throws SyscallException {
    return open("overlay");
  }

  /**
   * Opens a context.
   *
   * @param fileSystem the kind of file system
   * @return the context, to be closed
   * @throws SyscallException if this kernel has no contexts or not this kind, or the caller no
   *     right
   */
  public static MountContext open(String fileSystem) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long type = scratch.putString(asciiBytes(fileSystem));
      return new MountContext(new Descriptor(Kernel.call(Syscall.FSOPEN, type, FSOPEN_CLOEXEC)));
    }
  }

  /**
   * Opens a context for another configuration of a file system that is mounted.
   *
   * @param mount the root of its mount
   * @return the context, to be closed
   * @throws SyscallException if it is refused
   */
  public static MountContext of(Descriptor mount) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long empty = scratch.putString(new byte[0]);
      return new MountContext(
          new Descriptor(mount.callOn(Syscall.FSPICK, empty, FSPICK_BY_DESCRIPTOR)));
    }
  }

  /**
   * Makes a mounted file system writable that was mounted read-only: by a context, or by mount(2)
   * where that is refused and the mount is attached somewhere.
   *
   * @param mount the root of its mount
   * @throws SyscallException if it is refused
   */
  public static void makeWritable(Descriptor mount) throws SyscallException {
    try (MountContext context = of(mount)) {
      context.setFlag("rw");
      context.reconfigureMount();
    } catch (SyscallException e) {
      if (RefusedCall.of(e).isEmpty()) {
        throw e;
      }
      try {
        OldMountCall.makeFileSystemWritable(mount);
      } catch (SyscallException other) {
        // Attached nowhere: that the first way is refused is the reason then.
        throw other.errno() == Errno.EINVAL ? e : other;
      }
    }
  }

  /**
   * Sets an option of a spec. One that a kernel does not know, and that says only what this kernel
   * does anyway, is left out.
   *
   * @param option the option
   * @throws SyscallException if it is refused
   */
  public void setOption(KernelOptions.KernelOption option) throws SyscallException {
    try {
      if (option.value().isEmpty()) {
        setFlag(option.key());
      } else {
        setString(option.key(), option.value());
      }
    } catch (SyscallException e) {
      if (option.asked() || e.errno() != Errno.EINVAL) {
        throw e;
      }
    }
  }

  /**
   * Sets a flag.
   *
   * @param key its name
   * @throws SyscallException if it is refused
   */
  public void setFlag(String key) throws SyscallException {
    configure(SET_FLAG, key, 0, 0);
  }

  /**
   * Sets an option.
   *
   * @param key its name
   * @param value its value, in ASCII
   * @throws SyscallException if it is refused
   */
  public void setString(String key, String value) throws SyscallException {
    setString(key, asciiBytes(value));
  }

  /**
   * Sets an option.
   *
   * @param key its name
   * @param value the bytes of its value, at most 255
   * @throws SyscallException if it is refused
   */
  public void setString(String key, byte[] value) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      configure(SET_STRING, key, scratch.secondString(value), 0);
    }
  }

  /**
   * Sets an option to a place in the tree.
   *
   * @param key its name
   * @param value the place
   * @throws SyscallException if it is refused
   */
  public void setDescriptor(String key, Descriptor value) throws SyscallException {
    configure(SET_FD, key, 0, value.number());
  }

  /**
   * Makes the file system that has been configured.
   *
   * @throws SyscallException if it is refused
   */
  public void createSuperblock() throws SyscallException {
    context.callOn(Syscall.FSCONFIG, CMD_CREATE, 0, 0, 0);
  }

  /**
   * Changes the file system that is mounted to what has been configured.
   *
   * @throws SyscallException if it is refused
   */
  public void reconfigureMount() throws SyscallException {
    context.callOn(Syscall.FSCONFIG, CMD_RECONFIGURE, 0, 0, 0);
  }

  /**
   * Makes the mount, attached nowhere yet.
   *
   * @param attributes MOUNT_ATTR_* together
   * @return its root
   * @throws SyscallException if it is refused
   */
  public Descriptor makeMount(int attributes) throws SyscallException {
    return new Descriptor(context.callOn(Syscall.FSMOUNT, FSMOUNT_CLOEXEC, attributes));
  }

  private void configure(int command, String key, long value, int aux) throws SyscallException {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      context.callOn(Syscall.FSCONFIG, command, scratch.putString(asciiBytes(key)), value, aux);
    }
  }

  /**
   * Returns what the kernel says of the settings, one message for each failure; reading empties it.
   *
   * @return the messages as they are, for example {@code e overlay: Unknown parameter 'x'}
   */
  public List<String> readMessages() {
    List<String> messages = new ArrayList<>();
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      while (true) {
        long length = context.attemptOn(Syscall.READ, scratch.dataPointer(), MESSAGE_SIZE);
        if (length <= 0) {
          return messages;
        }
        byte[] message = scratch.readData((int) length);
        messages.add(new String(message, StandardCharsets.UTF_8).strip());
      }
    }
  }

  @Override
  public void close() {
    context.close();
  }

  private static byte[] asciiBytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
