package java.lang.foreign;

/** Declared for the compiler only, which compiles for Java 17; the JDK has the interface. */
public interface MemoryLayout {}
