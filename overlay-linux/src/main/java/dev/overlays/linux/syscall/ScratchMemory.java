package dev.overlays.linux.syscall;

import dev.overlays.layer.Name;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.util.Objects;

/**
 * Native memory for the arguments and results of system calls: two strings, a structure and a block
 * of data. A thread borrows it for a call and for reading the results; each part is valid until the
 * same thread fills it again or returns the memory.
 *
 * <p>The number of instances is fixed, whatever the number of threads: {@link #MOST} times {@link
 * #SIZE} bytes of mmap(2), of which only the touched pages take memory. When all are borrowed, a
 * thread waits for one. Nested borrowing returns the same memory, so threads cannot wait for each
 * other in a circle.
 */
public final class ScratchMemory implements AutoCloseable {
  /**
   * How many bytes {@link #dataPointer()} has: the most that a listing or an extended attribute
   * needs.
   */
  public static final int DATA_SIZE = 1 << 16;

  /** How many threads can make calls at the same time. */
  static final int MOST = 128;

  private static final int STRING_SIZE = 1 << 13;
  private static final int STRUCT = 2 * STRING_SIZE;
  private static final int STRUCT_SIZE = 1 << 12;
  private static final int DATA = STRUCT + STRUCT_SIZE;

  /** How many bytes each has. */
  static final int SIZE = DATA + DATA_SIZE;

  private static final ThreadLocal<BorrowedScratch> OF_THREAD =
      new ThreadLocal<>() {
        @Override
        protected BorrowedScratch initialValue() {
          return new BorrowedScratch();
        }
      };

  private final ByteBuffer memory;
  private final ByteBuffer struct;
  private final LongBuffer longs;
  private final ByteBuffer data;
  private final long address;
  private final byte[] characters = new byte[STRING_SIZE];

  /** How often its thread has borrowed it; only that thread reads this. */
  private int borrowed;

  private BorrowedScratch borrowing;

  /**
   * The memory that a thread has borrowed, and the index that it used last, which is likely to be
   * free.
   */
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
   * Borrows memory for this thread; nested calls return the same memory.
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
   * Returns memory outside the pool, for work that interrupts another call, by one thread at a
   * time. It is never freed nor closed.
   *
   * @return separate memory
   */
  public static ScratchMemory separateMemory() {
    return Kernel.allocateScratch();
  }

  /** Returns the memory to the pool. */
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
   * Stores the first string.
   *
   * @param bytes without NUL
   * @return its address; it ends with NUL
   */
  public long putString(byte[] bytes) {
    return putBytes(bytes, 0);
  }

  /**
   * Stores a name as the first string.
   *
   * @param name the name
   * @return its address; it ends with NUL
   */
  public long putString(Name name) {
    return putBytes(name, 0);
  }

  /**
   * Stores the second string, for calls that take two.
   *
   * @param bytes without NUL
   * @return its address; it ends with NUL
   */
  public long putSecondString(byte[] bytes) {
    return putBytes(bytes, STRING_SIZE);
  }

  /**
   * Stores a name as the second string.
   *
   * @param name the name
   * @return its address; it ends with NUL
   */
  public long putSecondString(Name name) {
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
   * Returns the address of the structure of up to 4 KiB.
   *
   * @return its address
   */
  public long structPointer() {
    return address + STRUCT;
  }

  /**
   * Fills the start of the structure.
   *
   * @param words its content in units of eight bytes
   * @return its address
   */
  public long fillStruct(long... words) {
    Objects.checkFromIndexSize(0, words.length, STRUCT_SIZE / Long.BYTES);
    longs.put(0, words, 0, words.length);
    return structPointer();
  }

  /**
   * Reads the start of the structure.
   *
   * @param words the array to fill
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
   * Returns the address of the block of {@link #DATA_SIZE} bytes.
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
