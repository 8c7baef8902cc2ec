package dev.overlays.linux.syscall;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/**
 * The package java.lang.foreign by reflection, since this library is compiled for Java 17. JDK 22
 * and later have it.
 */
final class ForeignLinker {
  private static final String PACKAGE = "java.lang.foreign.";

  /** From here on the package is final, and not a preview. Source: JEP 454. */
  private static final int FIRST_RELEASE = 22;

  private ForeignLinker() {}

  /** Whether this JVM has the package. */
  static boolean isPresent() {
    return Runtime.version().feature() >= FIRST_RELEASE;
  }

  /**
   * Links a function of the C library whose arguments and result are longs.
   *
   * @param capturesErrno whether the handle takes, as its first argument, memory for errno
   * @return a handle of longs, with an Object for that memory
   * @throws ReflectiveOperationException if the JVM does not allow it; the cause says why
   */
  static MethodHandle link(String function, int arguments, boolean capturesErrno)
      throws ReflectiveOperationException {
    Class<?> linkerClass = classOf("Linker");
    Object linker = linkerClass.getMethod("nativeLinker").invoke(null);
    Object lookup = linkerClass.getMethod("defaultLookup").invoke(linker);
    Optional<?> symbol =
        (Optional<?>)
            classOf("SymbolLookup").getMethod("find", String.class).invoke(lookup, function);
    Class<?> optionClass = classOf("Linker$Option");
    List<Object> options = new ArrayList<>();
    List<Class<?>> parameters = new ArrayList<>(Collections.nCopies(arguments, long.class));
    if (capturesErrno) {
      Object[] names = {new String[] {"errno"}};
      options.add(optionClass.getMethod("captureCallState", String[].class).invoke(null, names));
      // syscall(3) takes any number of arguments after the first.
      options.add(optionClass.getMethod("firstVariadicArg", int.class).invoke(null, 1));
      parameters.add(0, Object.class);
    }
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
                    symbol.orElseThrow(() -> new NoSuchElementException(function)),
                    longFunction(arguments),
                    arrayOf(optionClass, options));
    return handle.asType(MethodType.methodType(long.class, parameters));
  }

  private static Object longFunction(int arguments) throws ReflectiveOperationException {
    Class<?> layoutClass = classOf("MemoryLayout");
    Object layout = classOf("ValueLayout").getField("JAVA_LONG").get(null);
    Object all = arrayOf(layoutClass, Collections.nCopies(arguments, layout));
    return classOf("FunctionDescriptor")
        .getMethod("of", layoutClass, layoutClass.arrayType())
        .invoke(null, layout, all);
  }

  /** Returns native memory that is freed when nobody can reach it any more: a MemorySegment. */
  static Object allocateSegment(long size) throws ReflectiveOperationException {
    Object arena = classOf("Arena").getMethod("ofAuto").invoke(null);
    return classOf("Arena").getMethod("allocate", long.class, long.class).invoke(arena, size, size);
  }

  /** Returns a MemorySegment for memory that somebody else has allocated and keeps. */
  static Object segmentAt(long address, long size) throws ReflectiveOperationException {
    Class<?> segmentClass = classOf("MemorySegment");
    Object start = segmentClass.getMethod("ofAddress", long.class).invoke(null, address);
    return segmentClass.getMethod("reinterpret", long.class).invoke(start, size);
  }

  /** Returns a segment as a buffer in the byte order of the machine. */
  static ByteBuffer bufferOf(Object segment) throws ReflectiveOperationException {
    ByteBuffer buffer =
        (ByteBuffer) classOf("MemorySegment").getMethod("asByteBuffer").invoke(segment);
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
