package java.lang.foreign;

import java.lang.invoke.MethodHandle;

/** Declared for the compiler only, which compiles for Java 17; the JDK has the interface. */
public interface Linker {
  /** The linker of this machine. */
  static Linker nativeLinker() {
    return null;
  }

  /** Finds functions of the C library. */
  SymbolLookup defaultLookup();

  /** A handle that calls a function. */
  MethodHandle downcallHandle(MemorySegment symbol, FunctionDescriptor function, Option... options);

  /** How a function is called. */
  interface Option {
    /** Keeps variables of a thread, such as errno, as the function leaves them. */
    static Option captureCallState(String... capturedState) {
      return null;
    }
  }
}
