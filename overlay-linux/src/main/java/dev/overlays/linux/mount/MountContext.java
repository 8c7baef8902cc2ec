package dev.overlays.linux.mount;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Kernel;
import dev.overlays.linux.syscall.Scratch;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A mount in the making: fsopen, fsconfig, fsmount. Every method stops at the first failure,
 * because a context in which a setting has failed can still be mounted, without what was refused.
 * Source: include/uapi/linux/mount.h; shared/overlayfs-reference.md, section 3.
 */
final class MountContext implements AutoCloseable {
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int SET_FLAG = 0;
  private static final int SET_STRING = 1;
  private static final int SET_FD = 5;
  private static final int CMD_CREATE = 6;
  private static final int MESSAGE_SIZE = 1024;

  private final Descriptor context;

  private MountContext(Descriptor context) {
    this.context = context;
  }

  static MountContext open() throws SyscallException {
    long type = Scratch.get().string(ascii("overlay"));
    return new MountContext(new Descriptor(Kernel.call(Syscall.FSOPEN, type, FSOPEN_CLOEXEC)));
  }

  void flag(String key) throws SyscallException {
    config(SET_FLAG, key, 0, 0);
  }

  void string(String key, String value) throws SyscallException {
    string(key, ascii(value));
  }

  void string(String key, byte[] value) throws SyscallException {
    config(SET_STRING, key, Scratch.get().secondString(value), 0);
  }

  void descriptor(String key, Descriptor value) throws SyscallException {
    config(SET_FD, key, 0, value.number());
  }

  void create() throws SyscallException {
    Kernel.call(Syscall.FSCONFIG, context.number(), CMD_CREATE, 0, 0, 0);
  }

  /** Makes the mount, attached nowhere yet. */
  Descriptor mount(int attributes) throws SyscallException {
    return new Descriptor(
        Kernel.call(Syscall.FSMOUNT, context.number(), FSMOUNT_CLOEXEC, attributes));
  }

  private void config(int command, String key, long value, int aux) throws SyscallException {
    long address = Scratch.get().string(ascii(key));
    Kernel.call(Syscall.FSCONFIG, context.number(), command, address, value, aux);
  }

  /** What the kernel says of the settings, one message for each failure; reading empties it. */
  List<String> messages() {
    List<String> messages = new ArrayList<>();
    Scratch scratch = Scratch.get();
    while (true) {
      long length = Kernel.attempt(Syscall.READ, context.number(), scratch.data(), MESSAGE_SIZE);
      if (length <= 0) {
        return messages;
      }
      byte[] message = new byte[(int) length];
      scratch.dataBuffer().get(message);
      messages.add(new String(message, StandardCharsets.UTF_8).strip());
    }
  }

  @Override
  public void close() {
    context.close();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
