package java.lang.foreign;

/** Declared for the compiler only, which compiles for Java 17; the JDK has the interface. */
public interface ValueLayout extends MemoryLayout {
  /** A long in the byte order of the machine. */
  OfLong JAVA_LONG = new OfLong() {};

  /** The layout of a long. */
  interface OfLong extends ValueLayout {}
}
