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
 * A mount context: fsopen or fspick, fsconfig, fsmount. Every method throws at the first failure,
 * because a context in which a setting has failed can still be mounted, without that setting.
 * Source: the kernel's include/uapi/linux/mount.h.
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
   * Returns whether contexts can be opened and configured. Later calls on them may still be
   * refused.
   *
   * @return whether this process may open contexts
   */
  public static boolean areAvailable() {
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
   * Opens a context to reconfigure a mounted file system.
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
   * Makes a file system writable that was mounted read-only: by a context or, if that is refused
   * and the mount is attached, by mount(2).
   *
   * @param mount the root of its mount
   * @throws SyscallException if it is refused
   */
  public static void makeWritable(Descriptor mount) throws SyscallException {
    try (MountContext context = of(mount)) {
      context.setFlag("rw");
      context.reconfigureSuperblock();
    } catch (SyscallException e) {
      if (RefusedCall.of(e).isEmpty()) {
        throw e;
      }
      try {
        OldMountCall.makeFileSystemWritable(mount);
      } catch (SyscallException other) {
        // The mount is unattached: then the refusal of the first call is the reason.
        throw other.errno() == Errno.EINVAL ? e : other;
      }
    }
  }

  /**
   * Sets an option of a spec. An option that the kernel does not know, and that only states what
   * the kernel does anyway, is left out.
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
      configure(SET_STRING, key, scratch.putSecondString(value), 0);
    }
  }

  /**
   * Sets an option to an open directory.
   *
   * @param key its name
   * @param value the place
   * @throws SyscallException if it is refused
   */
  public void setDescriptor(String key, Descriptor value) throws SyscallException {
    configure(SET_FD, key, 0, value.number());
  }

  /**
   * Creates the file system that has been configured.
   *
   * @throws SyscallException if it is refused
   */
  public void createSuperblock() throws SyscallException {
    context.callOn(Syscall.FSCONFIG, CMD_CREATE, 0, 0, 0);
  }

  /**
   * Applies the configuration to the mounted file system.
   *
   * @throws SyscallException if it is refused
   */
  public void reconfigureSuperblock() throws SyscallException {
    context.callOn(Syscall.FSCONFIG, CMD_RECONFIGURE, 0, 0, 0);
  }

  /**
   * Makes the mount, which is not attached yet.
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
   * Returns and removes the kernel's messages about the settings, one for each failure.
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
