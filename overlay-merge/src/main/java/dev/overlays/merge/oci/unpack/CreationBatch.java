package dev.overlays.merge.oci.unpack;

import dev.overlays.merge.oci.unpack.DirectoryStack.LeftDirectory;
import java.util.ArrayList;
import java.util.List;

/**
 * Consecutive entries that are created one after the other by one thread, the data of their files,
 * and the directories that are left when all of them have been created.
 */
final class CreationBatch {
  static final int BUFFER_SIZE = 1 << 16;

  private final int mostEntries;
  private final byte[] data;
  private final List<NewEntry> entries = new ArrayList<>();
  private final List<LeftDirectory> left = new ArrayList<>();
  private int dataLength;

  CreationBatch(int mostEntries, byte[] data) {
    this.mostEntries = mostEntries;
    this.data = data;
  }

  /** Whether the data of a file has room. */
  boolean hasRoom(long size) {
    return size <= BUFFER_SIZE - dataLength;
  }

  byte[] data() {
    return data;
  }

  /** Returns where the data of the next file begins. */
  int dataLength() {
    return dataLength;
  }

  void addEntry(NewEntry entry) {
    entries.add(entry);
    dataLength = entry.dataOffset() + (int) entry.entry().size();
  }

  void addLeft(LeftDirectory directory) {
    left.add(directory);
  }

  boolean isEmpty() {
    return entries.isEmpty() && left.isEmpty();
  }

  boolean isFull() {
    return Math.max(entries.size(), left.size()) >= mostEntries;
  }

  List<NewEntry> entries() {
    return entries;
  }

  List<LeftDirectory> leftDirectories() {
    return left;
  }
}
