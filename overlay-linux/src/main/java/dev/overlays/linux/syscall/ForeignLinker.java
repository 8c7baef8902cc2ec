package dev.overlays.linux.syscall;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The package java.lang.foreign by reflection, since this library is compiled for Java 17. JDK 22
 * and later have it.
 */
final class ForeignLinker {
  private static final String PACKAGE = "java.lang.foreign.";

  /** From here on the package is final, and not a preview. Source: JEP 454. */
  private static final int FIRST_RELEASE = 22;

  private static final String FUNCTION = "syscall";

  /** The number of the call, and what it takes. */
  private static final int ARGUMENTS = 7;

  private static final MethodType HANDLE_TYPE =
      MethodType.methodType(long.class, Collections.nCopies(ARGUMENTS, long.class))
          .insertParameterTypes(0, Object.class);

  private ForeignLinker() {}

  /** Whether this JVM has the package. */
  static boolean isPresent() {
    return Runtime.version().feature() >= FIRST_RELEASE;
  }

  /**
   * Links the function {@code syscall} of the C library, whose arguments and result are longs.
   *
   * <p>It takes any number of arguments after the first, which the linker need not know: both
   * processors pass a long in the same place to such a function. Sources: System V ABI for AMD64,
   * 3.2.3; AAPCS64, 6.4.2 and appendix C.
   *
   * @return a handle that takes memory for errno, as an Object, and then the arguments
   * @throws ReflectiveOperationException if the JVM does not allow it; the cause says why
   */
  static MethodHandle linkSystemCall() throws ReflectiveOperationException {
    Class<?> linkerClass = classOf("Linker");
    Object linker = linkerClass.getMethod("nativeLinker").invoke(null);
    Object lookup = linkerClass.getMethod("defaultLookup").invoke(linker);
    Optional<?> symbol =
        (Optional<?>)
            classOf("SymbolLookup").getMethod("find", String.class).invoke(lookup, FUNCTION);
    Class<?> optionClass = classOf("Linker$Option");
    Object[] captured = {new String[] {"errno"}};
    Object capture =
        optionClass.getMethod("captureCallState", String[].class).invoke(null, captured);
    MethodHandle handle =
        (MethodHandle)
            linkerClass
                .getMethod(
                    "downcallHandle",
                    classOf("MemorySegment"),
                    classOf("FunctionDescriptor"),
                    optionClass.arrayType())
                .invoke(
                    linker,
                    symbol.orElseThrow(),
                    longFunction(),
                    arrayOf(optionClass, List.of(capture)));
    return handle.asType(HANDLE_TYPE);
  }

  private static Object longFunction() throws ReflectiveOperationException {
    Class<?> layoutClass = classOf("MemoryLayout");
    Object layout = classOf("ValueLayout").getField("JAVA_LONG").get(null);
    Object all = arrayOf(layoutClass, Collections.nCopies(ARGUMENTS, layout));
    return classOf("FunctionDescriptor")
        .getMethod("of", layoutClass, layoutClass.arrayType())
        .invoke(null, layout, all);
  }

  /** Returns the MemorySegment of a direct buffer. */
  static Object segmentOf(ByteBuffer buffer) throws ReflectiveOperationException {
    return classOf("MemorySegment").getMethod("ofBuffer", Buffer.class).invoke(null, buffer);
  }

  /**
   * Returns memory that somebody else has allocated and keeps, in the byte order of the machine.
   */
  static ByteBuffer bufferAt(long address, long size) throws ReflectiveOperationException {
    Class<?> segmentClass = classOf("MemorySegment");
    Object start = segmentClass.getMethod("ofAddress", long.class).invoke(null, address);
    Object segment = segmentClass.getMethod("reinterpret", long.class).invoke(start, size);
    ByteBuffer buffer = (ByteBuffer) segmentClass.getMethod("asByteBuffer").invoke(segment);
    return buffer.order(ByteOrder.nativeOrder());
  }

  private static Class<?> classOf(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name);
  }

  private static Object arrayOf(Class<?> type, List<?> elements) {
    Object array = Array.newInstance(type, elements.size());
    for (int i = 0; i < elements.size(); i++) {
      Array.set(array, i, elements.get(i));
    }
    return array;
  }
}
