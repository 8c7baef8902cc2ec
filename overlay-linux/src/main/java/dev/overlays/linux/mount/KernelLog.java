package dev.overlays.linux.mount;

import dev.overlays.linux.syscall.Descriptor;
import dev.overlays.linux.syscall.Errno;
import dev.overlays.linux.syscall.OpenFlags;
import dev.overlays.linux.syscall.ScratchMemory;
import dev.overlays.linux.syscall.Syscall;
import dev.overlays.linux.syscall.SyscallException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What overlayfs writes into the kernel's log from now on: the only place where it says why a mount
 * could not be made. Empty where this process may not read the log. Another mount made at the same
 * time may write there too, so this only ever explains a failure.
 */
final class KernelLog implements AutoCloseable {
  private static final Path DEVICE = Path.of("/dev/kmsg");
  private static final int SEEK_END = 2;
  private static final int RECORD_SIZE = 8192;
  private static final String SOURCE = "overlayfs: ";

  private final Descriptor log;

  private KernelLog(Descriptor log) {
    this.log = log;
  }

  static KernelLog fromNow() {
    try {
      Descriptor log = Descriptor.open(DEVICE, OpenFlags.RDONLY | OpenFlags.NONBLOCK);
      log.attemptOn(Syscall.LSEEK, 0, SEEK_END);
      return new KernelLog(log);
    } catch (SyscallException e) {
      return new KernelLog(new Descriptor(-1));
    }
  }

  /** The lines since then, without their source. Format: the kernel's ABI/testing/dev-kmsg. */
  List<String> newLines() {
    List<String> lines = new ArrayList<>();
    while (true) {
      byte[] record = nextRecord();
      if (record.length == 0) {
        return lines;
      }
      String kmsg = new String(record, StandardCharsets.UTF_8);
      int start = kmsg.indexOf(';') + 1;
      if (kmsg.startsWith(SOURCE, start)) {
        int end = kmsg.indexOf('\n', start);
        lines.add(kmsg.substring(start + SOURCE.length(), end < 0 ? kmsg.length() : end));
      }
    }
  }

  /** The next record; of no length when there is none. */
  private byte[] nextRecord() {
    try (ScratchMemory scratch = ScratchMemory.borrowMemory()) {
      long length;
      do {
        length = log.attemptOn(Syscall.READ, scratch.dataPointer(), RECORD_SIZE);
      } while (length == -Errno.EPIPE.number());
      return scratch.readData((int) Math.max(length, 0));
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
