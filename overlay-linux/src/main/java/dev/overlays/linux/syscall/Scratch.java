package dev.overlays.linux.syscall;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.overlays.layer.Name;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Objects;

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

  private final ByteBuffer memory = ByteBuffer.allocateDirect(DATA + DATA_SIZE);
  private final ByteBuffer struct = part(STRUCT, STRUCT_SIZE);
  private final LongBuffer longs = part(STRUCT, STRUCT_SIZE).asLongBuffer();
  private final ByteBuffer data = part(DATA, DATA_SIZE);
  private final long address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
  private final byte[] characters = new byte[STRING_SIZE];

  private Scratch() {}

  /**
   * Returns the memory of this thread.
   *
   * @return always the same for one thread
   */
  public static Scratch get() {
    return OF_THREAD.get();
  }

  private ByteBuffer part(int offset, int size) {
    return memory.slice(offset, size).order(ByteOrder.nativeOrder());
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
   * Puts a name there as the first string.
   *
   * @param name the name
   * @return its address; it ends with NUL
   */
  public long string(Name name) {
    return put(name, 0);
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

  /**
   * Puts a name there as the second string.
   *
   * @param name the name
   * @return its address; it ends with NUL
   */
  public long secondString(Name name) {
    return put(name, STRING_SIZE);
  }

  private long put(byte[] bytes, int offset) {
    check(bytes.length);
    System.arraycopy(bytes, 0, characters, 0, bytes.length);
    return putCharacters(bytes.length, offset);
  }

  private long put(Name name, int offset) {
    check(name.length());
    name.copyTo(characters, 0);
    return putCharacters(name.length(), offset);
  }

  private static void check(int length) {
    if (length >= STRING_SIZE) {
      throw new IllegalArgumentException("a string of " + length + " bytes");
    }
  }

  private long putCharacters(int length, int offset) {
    characters[length] = 0;
    memory.put(offset, characters, 0, length + 1);
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
   * Fills the start of the structure.
   *
   * @param words what it consists of, eight bytes each
   * @return its address
   */
  public long struct(long... words) {
    Objects.checkFromIndexSize(0, words.length, STRUCT_SIZE / Long.BYTES);
    longs.put(0, words, 0, words.length);
    return struct();
  }

  /**
   * Reads the start of the structure.
   *
   * @param words where to; filled
   */
  public void readStruct(long[] words) {
    Objects.checkFromIndexSize(0, words.length, STRUCT_SIZE / Long.BYTES);
    longs.get(0, words, 0, words.length);
  }

  /**
   * Returns the structure for reading and writing.
   *
   * @return a view of it, from index 0, in the byte order of the machine
   */
  public ByteBuffer structBuffer() {
    return struct.clear();
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
    return data.clear();
  }

  /**
   * Reads the start of the block.
   *
   * @param size how many bytes
   * @return a copy of them
   */
  public byte[] readData(int size) {
    Objects.checkFromIndexSize(0, size, DATA_SIZE);
    byte[] bytes = new byte[size];
    memory.get(DATA, bytes, 0, size);
    return bytes;
  }
}
