package dev.overlays.linux.syscall;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Links the C library by java.lang.foreign. This class and {@link ForeignCalls} are the only ones
 * that name that package, and they are loaded only where {@link NativeBridge} has found it. This
 * library is compiled for Java 17, so the compiler reads the package in {@code src/foreign}, which
 * is no part of the library. Reflection would do, too, but the JVM would generate some forty
 * classes for it before the first call.
 */
final class ForeignLinker {
  private static final String FUNCTION = "syscall";

  /** The number of the call, and what it takes. */
  private static final int ARGUMENTS = 7;

  private ForeignLinker() {}

  /**
   * Links the function {@code syscall} of the C library, whose arguments and result are longs.
   *
   * <p>It takes any number of arguments after the first, which the linker need not know: both
   * processors pass a long in the same place to such a function. Sources: System V ABI for AMD64,
   * 3.2.3; AAPCS64, 6.4.2 and appendix C.
   *
   * @return a handle that takes memory for errno, a MemorySegment, and then the arguments
   */
  static MethodHandle linkSystemCall() {
    MemoryLayout[] arguments = new MemoryLayout[ARGUMENTS];
    Arrays.fill(arguments, ValueLayout.JAVA_LONG);
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().find(FUNCTION).orElseThrow(),
        FunctionDescriptor.of(ValueLayout.JAVA_LONG, arguments),
        Linker.Option.captureCallState("errno"));
  }

  /**
   * Returns memory that somebody else has allocated and keeps, in the byte order of the machine.
   */
  static ByteBuffer bufferAt(long address, long size) {
    return MemorySegment.ofAddress(address)
        .reinterpret(size)
        .asByteBuffer()
        .order(ByteOrder.nativeOrder());
  }
}
