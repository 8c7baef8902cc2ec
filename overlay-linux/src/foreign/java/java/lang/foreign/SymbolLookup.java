package java.lang.foreign;

import java.util.Optional;

/** Declared for the compiler only, which compiles for Java 17; the JDK has the interface. */
public interface SymbolLookup {
  /** The address of a function. */
  Optional<MemorySegment> find(String name);
}
