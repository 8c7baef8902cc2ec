package java.lang.foreign;

/** Declared for the compiler only, which compiles for Java 17; the JDK has the interface. */
public interface FunctionDescriptor {
  /** The result and the arguments of a function. */
  static FunctionDescriptor of(MemoryLayout resLayout, MemoryLayout... argLayouts) {
    return null;
  }
}
