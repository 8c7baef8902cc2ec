package java.lang.foreign;

import java.nio.Buffer;
import java.nio.ByteBuffer;

/** Declared for the compiler only, which compiles for Java 17; the JDK has the interface. */
public interface MemorySegment {
  /** The memory of a buffer. */
  static MemorySegment ofBuffer(Buffer buffer) {
    return null;
  }

  /** An address, as a segment of no size. */
  static MemorySegment ofAddress(long address) {
    return null;
  }

  /** The same address with another size. */
  MemorySegment reinterpret(long newSize);

  /** This memory as a buffer. */
  ByteBuffer asByteBuffer();
}
