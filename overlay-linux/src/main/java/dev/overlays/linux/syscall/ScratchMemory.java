package dev.overlays.linux.syscall;

import dev.overlays.layer.Name;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Objects;

/**
 * Native memory for the arguments and results of system calls: two strings, a structure and a block
 * of data. A thread borrows it for a call and what is read of its answer, and each part is good
 * until the same thread asks for it again or gives the memory back.
 *
 * <p>There is a fixed number of these, whatever the number of threads: {@link #MOST} times {@link
 * #SIZE} bytes of malloc(3), of which only what is touched takes memory. When all are borrowed a
 * thread waits for one. What a thread borrows while it has borrowed is the same memory, so nobody
 * waits for others while others wait for him.
 */
public final class ScratchMemory implements AutoCloseable {
  /**
   * How many bytes {@link #dataPointer()} has: what a listing or an extended attribute needs at
   * most.
   */
  public static final int DATA_SIZE = 1 << 16;

  /** How many threads can be in a call at a time. */
  static final int MOST = 128;

  private static final int STRING_SIZE = 1 << 13;
  private static final int STRUCT = 2 * STRING_SIZE;
  private static final int STRUCT_SIZE = 1 << 12;
  private static final int DATA = STRUCT + STRUCT_SIZE;

  /** How many bytes each has. */
  static final int SIZE = DATA + DATA_SIZE;

  private static final ThreadLocal<BorrowedScratch> OF_THREAD =
      ThreadLocal.withInitial(BorrowedScratch::new);

  private final ByteBuffer memory;
  private final ByteBuffer struct;
  private final LongBuffer longs;
  private final ByteBuffer data;
  private final long address;
  private final byte[] characters = new byte[STRING_SIZE];

  /** How often its thread has borrowed it; only that thread looks. */
  private int borrowed;

  private BorrowedScratch borrowing;

  /** What a thread has at the moment, and which it has had last: that is likely to be free. */
  private static final class BorrowedScratch {
    private ScratchMemory scratch;
    private int last = ScratchPool.startIndex();
  }

  ScratchMemory(long address, ByteBuffer memory) {
    this.address = address;
    this.memory = memory;
    struct = partOf(STRUCT, STRUCT_SIZE);
    longs = partOf(STRUCT, STRUCT_SIZE).asLongBuffer();
    data = partOf(DATA, DATA_SIZE);
  }

  /**
   * Borrows memory for this thread, or once more what it has borrowed.
   *
   * @return the memory, to be closed in the same method
   */
  public static ScratchMemory borrowMemory() {
    BorrowedScratch borrowing = OF_THREAD.get();
    ScratchMemory scratch = borrowing.scratch;
    if (scratch == null) {
      int place = ScratchPool.takeFree(borrowing.last);
      scratch = ScratchPool.memoryAt(place);
      scratch.borrowing = borrowing;
      borrowing.last = place;
      borrowing.scratch = scratch;
    }
    scratch.borrowed++;
    return scratch;
  }

  /**
   * Returns memory beside all that is borrowed, for what is done in the midst of another call, by
   * one thread at a time. It is kept for good, and never closed.
   *
   * @return memory of its own
   */
  public static ScratchMemory separateMemory() {
    return ScratchPool.makeMemory();
  }

  /** Gives the memory back. */
  @Override
  public void close() {
    borrowed--;
    if (borrowed == 0) {
      BorrowedScratch ended = borrowing;
      ended.scratch = null;
      borrowing = null;
      ScratchPool.giveBack(ended.last);
    }
  }

  private ByteBuffer partOf(int offset, int size) {
    return memory.slice(offset, size).order(ByteOrder.nativeOrder());
  }

  /**
   * Puts the first string there.
   *
   * @param bytes without NUL
   * @return its address; it ends with NUL
   */
  public long putString(byte[] bytes) {
    return putBytes(bytes, 0);
  }

  /**
   * Puts a name there as the first string.
   *
   * @param name the name
   * @return its address; it ends with NUL
   */
  public long putString(Name name) {
    return putBytes(name, 0);
  }

  /**
   * Puts the second string there, for calls that take two.
   *
   * @param bytes without NUL
   * @return its address; it ends with NUL
   */
  public long secondString(byte[] bytes) {
    return putBytes(bytes, STRING_SIZE);
  }

  /**
   * Puts a name there as the second string.
   *
   * @param name the name
   * @return its address; it ends with NUL
   */
  public long secondString(Name name) {
    return putBytes(name, STRING_SIZE);
  }

  private long putBytes(byte[] bytes, int offset) {
    checkLength(bytes.length);
    System.arraycopy(bytes, 0, characters, 0, bytes.length);
    return putCharacters(bytes.length, offset);
  }

  private long putBytes(Name name, int offset) {
    checkLength(name.length());
    name.copyTo(characters, 0);
    return putCharacters(name.length(), offset);
  }

  private static void checkLength(int length) {
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
  public long structPointer() {
    return address + STRUCT;
  }

  /**
   * Fills the start of the structure.
   *
   * @param words what it consists of, eight bytes each
   * @return its address
   */
  public long structPointer(long... words) {
    Objects.checkFromIndexSize(0, words.length, STRUCT_SIZE / Long.BYTES);
    longs.put(0, words, 0, words.length);
    return structPointer();
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
  public long dataPointer() {
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
