package dev.overlays.merge.oci.export;

import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import dev.overlays.merge.oci.tar.TarEntry;
import dev.overlays.merge.oci.tar.TarHeaders;
import dev.overlays.merge.oci.tar.TarKind;
import dev.overlays.merge.run.TaskHelpers;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Some consecutive entries, whose bytes in the archive any thread can prepare. Preparing ends at
 * the first entry that the batch cannot hold or that needs other layers: the thread that writes the
 * archive writes that one and those that follow it.
 */
final class EntryBatch {
  static final int BUFFER_SIZE = 1 << 16;

  /** Also bounds the number of directories that stay open for entries that are not yet written. */
  private static final int MOST_ENTRIES = 64;

  /** An entry's own header, and an extended one with one block of records. */
  private static final int USUAL_HEADERS = 3 * 512;

  private final String metacopyMark;
  private final byte[] bytes;
  private final List<PendingEntry> entries = new ArrayList<>();
  private final List<Closeable> leftDirectories = new ArrayList<>();
  private int expectedLength;
  private int length;
  private int preparedCount;
  private Throwable failure;

  EntryBatch(String metacopyMark, byte[] bytes) {
    this.metacopyMark = metacopyMark;
    this.bytes = bytes;
  }

  /** Adds an entry, and returns whether there is room for another. */
  boolean addEntry(PendingEntry entry) {
    entries.add(entry);
    long data = entry.kind() == TarKind.FILE ? TarHeaders.paddedLength(entry.size()) : 0;
    expectedLength += (int) Math.min(BUFFER_SIZE, USUAL_HEADERS + data);
    return hasRoom();
  }

  /** Adds a directory that is closed when the entries before it have been written. */
  boolean addLeft(Closeable directory) {
    leftDirectories.add(directory);
    return hasRoom();
  }

  private boolean hasRoom() {
    return expectedLength < BUFFER_SIZE
        && entries.size() < MOST_ENTRIES
        && leftDirectories.size() < MOST_ENTRIES;
  }

  boolean isEmpty() {
    return entries.isEmpty() && leftDirectories.isEmpty();
  }

  byte[] preparedBytes() {
    return bytes;
  }

  int preparedLength() {
    return length;
  }

  /** Returns the entries that have not been prepared. */
  List<PendingEntry> unpreparedEntries() {
    return entries.subList(preparedCount, entries.size());
  }

  List<Closeable> leftDirectories() {
    return leftDirectories;
  }

  /** Prepares the entries. A failure is kept, for what is before it can still be written. */
  EntryBatch prepareEntries() {
    try {
      while (preparedCount < entries.size() && prepareEntry(entries.get(preparedCount))) {
        preparedCount++;
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
    return this;
  }

  void throwFailure() throws IOException {
    TaskHelpers.rethrowFailure(failure);
  }

  private boolean prepareEntry(PendingEntry pending) throws IOException {
    if (pending.size() > BUFFER_SIZE - length) {
      return false;
    }
    List<String> xattrs = pending.listXattrs();
    if (pending.kind() == TarKind.FILE && xattrs.contains(metacopyMark)) {
      return false;
    }
    TarEntry entry = pending.createEntry(xattrs);
    TarHeaders headers = TarHeaders.of(entry);
    long after = length + headers.byteLength() + TarHeaders.paddedLength(entry.size());
    // One byte more tells whether the file has grown.
    if (after + 1 > BUFFER_SIZE) {
      return false;
    }
    headers.copyTo(bytes, length);
    int start = length + headers.byteLength();
    if (pending.kind() == TarKind.FILE && pending.hasData()) {
      prepareData(pending, start);
    }
    Arrays.fill(bytes, start + (int) entry.size(), (int) after, (byte) 0);
    length = (int) after;
    return true;
  }

  private void prepareData(PendingEntry pending, int start) throws IOException {
    LayerDirectory directory = pending.shown().directory();
    Name name = pending.shown().name();
    int size = (int) pending.size();
    if (directory.readStart(name, pending.shown().stat(), bytes, start, size + 1) != size) {
      throw EntryArchiver.fileChanged(directory, name);
    }
  }
}
