package dev.overlays.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native memory for the arguments and results of the system calls of one thread: two strings, a
 * structure and a block of data. Each is good until the same thread asks for the same part again.
 */
public final class Scratch {
  /** How many bytes {@link #data()} has: what a listing or an extended attribute needs at most. */
  public static final int DATA_SIZE = 1 << 16;

  private static final int STRING_SIZE = 1 << 13;
  private static final int STRUCT = 2 * STRING_SIZE;
  private static final int STRUCT_SIZE = 1 << 12;
  private static final int DATA = STRUCT + STRUCT_SIZE;
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private final ByteBuffer memory =
      ByteBuffer.allocateDirect(DATA + DATA_SIZE).order(ByteOrder.nativeOrder());
  private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));

  private Scratch() {}

  /**
   * Returns the memory of this thread.
   *
   * @return always the same for one thread
   */
  public static Scratch get() {
    return OF_THREAD.get();
  }

  /**
   * Puts the first string there.
   *
   * @param bytes without NUL
   * @return its address; it ends with NUL
   */
  public long string(byte[] bytes) {
    return put(bytes, 0);
  }

  /**
   * Puts the second string there, for calls that take two.
   *
   * @param bytes without NUL
   * @return its address; it ends with NUL
   */
  public long secondString(byte[] bytes) {
    return put(bytes, STRING_SIZE);
  }

  private long put(byte[] bytes, int offset) {
    if (bytes.length >= STRING_SIZE) {
      throw new IllegalArgumentException("a string of " + bytes.length + " bytes");
    }
    memory.put(offset, bytes);
    memory.put(offset + bytes.length, (byte) 0);
    return address + offset;
  }

  /**
   * Returns where a structure of up to 4 KiB is.
   *
   * @return its address
   */
  public long struct() {
    return address + STRUCT;
  }

  /**
   * Returns the structure for reading and writing.
   *
   * @return a view of it, from index 0, in the byte order of the machine
   */
  public ByteBuffer structBuffer() {
    return memory.slice(STRUCT, STRUCT_SIZE).order(ByteOrder.nativeOrder());
  }

  /**
   * Returns where the block of {@link #DATA_SIZE} bytes is.
   *
   * @return its address
   */
  public long data() {
    return address + DATA;
  }

  /**
   * Returns the block for reading and writing.
   *
   * @return a view of it, from index 0, in the byte order of the machine
   */
  public ByteBuffer dataBuffer() {
    return memory.slice(DATA, DATA_SIZE).order(ByteOrder.nativeOrder());
  }
}
