package dev.overlays.linux.syscall;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.util.Collection;

/**
 * Makes system calls of this process and its children fail, as the seccomp profile of a container
 * does; needs CAP_SYS_ADMIN. Source: seccomp(2); struct sock_filter in the kernel's
 * include/uapi/linux/filter.h.
 */
public final class SeccompFilter {
  private static final long SET_MODE_FILTER = 1;
  private static final long FOR_ALL_THREADS = 1;
  private static final int INSTRUCTION = 8;

  /** BPF_LD, BPF_W and BPF_ABS; BPF_JMP, BPF_JEQ and BPF_K; BPF_RET and BPF_K. */
  private static final int LOAD = 0x20;

  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int RETURN = 0x06;
  private static final int RETURN_ERRNO = 0x50000;
  private static final int ALLOW = 0x7fff0000;

  private final Memory program;
  private int length;

  private SeccompFilter(int calls) {
    program = new Memory((2L + 2L * calls) * INSTRUCTION);
  }

  /** Lets calls fail from now on, in all threads. */
  public static void deny(Errno errno, Collection<Syscall> calls) {
    ProcessorType machine = ProcessorType.currentType().orElseThrow();
    SeccompFilter filter = new SeccompFilter(calls.size());
    filter.add(LOAD, 0, 0);
    for (Syscall call : calls) {
      filter.add(JUMP_IF_EQUAL, 1, call.number(machine));
      filter.add(RETURN, 0, RETURN_ERRNO | errno.number());
    }
    filter.add(RETURN, 0, ALLOW);
    filter.install(machine);
  }

  /** Where a jump is not taken, so many instructions are left out. */
  private void add(int code, int otherwise, int value) {
    long at = (long) length++ * INSTRUCTION;
    program.setShort(at, (short) code);
    program.setByte(at + 2, (byte) 0);
    program.setByte(at + 3, (byte) otherwise);
    program.setInt(at + 4, value);
  }

  private void install(ProcessorType machine) {
    try (Memory header = new Memory(2L * Native.POINTER_SIZE)) {
      header.clear();
      header.setShort(0, (short) length);
      header.setPointer(Native.POINTER_SIZE, program);
      long seccomp = machine == ProcessorType.X86_64 ? 317 : 277;
      Object[] arguments = {seccomp, SET_MODE_FILTER, FOR_ALL_THREADS, header};
      long result = NativeLibrary.getProcess().getFunction("syscall").invokeLong(arguments);
      if (result != 0) {
        throw new IllegalStateException("seccomp: " + result + ", " + Native.getLastError());
      }
    }
  }
}
