package dev.overlays.lookup;

import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Mark;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/**
 * The index of an upper, which ties its inodes to those of its lower: an entry is named after the
 * file handle of the lower's inode, and is a hard link to the upper's inode. Source: the kernel's
 * fs/overlayfs/namei.c, {@code ovl_get_index_name}, and overlayfs.h, {@code struct ovl_fb}.
 */
public final class UpperIndex implements Closeable {
  private static final Name INDEX_NAME = Name.of("index");

  /**
   * The length of what precedes the handle: version, magic, length, flags, type and UUID of the
   * file system.
   */
  private static final int HANDLE_HEADER = 21;

  private final LayerDirectory work;
  private final int mode;
  private final LayerDirectory directory;
  private final MarkNamespace marks;

  private UpperIndex(LayerDirectory work, int mode, LayerDirectory directory, MarkNamespace marks) {
    this.work = work;
    this.mode = mode;
    this.directory = directory;
    this.marks = marks;
  }

  /**
   * Tells whether a work directory has an index, because a view was mounted with one.
   *
   * @param work the work directory; may be null
   * @return whether there is one, even if it is empty
   * @throws IOException if the work directory cannot be read
   */
  public static boolean existsIn(LayerDirectory work) throws IOException {
    Optional<EntryStat> stat = work == null ? Optional.empty() : work.stat(INDEX_NAME);
    return stat.filter(EntryStat::isDirectory).isPresent();
  }

  /**
   * Opens the index in a work directory. Even its owner may not open it, so its mode is changed
   * until this is closed.
   *
   * @param work the work directory, which has to stay open; may be null
   * @param marks where marks are kept
   * @return the index, to be closed; empty if there is none
   * @throws IOException if it cannot be opened
   */
  public static Optional<UpperIndex> openIndex(LayerDirectory work, MarkNamespace marks)
      throws IOException {
    if (!existsIn(work)) {
      return Optional.empty();
    }
    int mode = LayerEntries.requireStat(work, INDEX_NAME).mode();
    LayerDirectory directory = LayerEntries.openRestricted(work, INDEX_NAME);
    return Optional.of(new UpperIndex(work, mode, directory, marks));
  }

  /**
   * Returns the directory of the entries.
   *
   * @return an open directory that belongs to this
   */
  public LayerDirectory indexDirectory() {
    return directory;
  }

  /**
   * Returns the entries, other than directories, that the view may show under names of the lower,
   * because the upper does not have all their names.
   *
   * @return their names in the index, by the file handles of the lower's inodes
   * @throws IOException if the index cannot be read
   */
  public Map<ByteBuffer, Name> entriesLackingNames() throws IOException {
    Map<ByteBuffer, Name> files = new HashMap<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      Name name = entry.name();
      if (entry.type() != EntryType.DIRECTORY && lacksNames(name)) {
        handleOf(name).ifPresent(handle -> files.put(handle, name));
      }
    }
    return files;
  }

  /**
   * Tells whether the upper lacks names of an entry. The mark holds the difference between the
   * number of names in the view and the link count of the inode, which includes the entry itself.
   * The kernel sets it on every entry that had several names when it was copied up. Source:
   * fs/overlayfs/inode.c, {@code ovl_get_nlink}, and copy_up.c, {@code ovl_do_copy_up}.
   */
  private boolean lacksNames(Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty() || stat.get().isDirectory() || stat.get().isWhiteoutDevice()) {
      return false;
    }
    Optional<byte[]> mark = directory.xattr(name, Mark.NLINK.xattr(marks));
    return mark.isPresent() && !hasAllNames(new String(mark.get(), StandardCharsets.US_ASCII));
  }

  private static boolean hasAllNames(String mark) {
    try {
      return mark.startsWith("U") && Integer.parseInt(mark.substring(1)) < 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Optional<ByteBuffer> handleOf(Name name) {
    String digits = new String(name.toBytes(), StandardCharsets.ISO_8859_1);
    try {
      byte[] bytes = HexFormat.of().parseHex(digits);
      return bytes.length <= HANDLE_HEADER
          ? Optional.empty()
          : Optional.of(
              ByteBuffer.wrap(bytes, HANDLE_HEADER, bytes.length - HANDLE_HEADER).slice());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Removes all entries, for callers that move the inodes to which the entries refer.
   *
   * @throws IOException if an entry cannot be removed
   */
  public void removeEntries() throws IOException {
    LayerEntries.removeAll(directory);
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      if (LayerEntries.requireStat(work, INDEX_NAME).mode() != mode) {
        work.setMode(INDEX_NAME, mode);
      }
    }
  }
}
