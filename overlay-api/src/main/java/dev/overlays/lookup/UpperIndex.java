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
 * What ties the inodes of an upper to those of its lower: an entry is named by the file handle of
 * the lower's, and is another name of the upper's. Source: the kernel's fs/overlayfs/namei.c,
 * {@code ovl_get_index_name}, and overlayfs.h, {@code struct ovl_fb}.
 */
public final class UpperIndex implements Closeable {
  private static final Name NAME = Name.of("index");

  /** Version, magic, length, flags, type and the identity of the file system. */
  private static final int HEADER = 21;

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
   * Tells whether a work directory has an index: whether a view was mounted with one.
   *
   * @param work the work directory; may be null
   * @return whether there is one, be it empty
   * @throws IOException if the work directory cannot be read
   */
  public static boolean isIn(LayerDirectory work) throws IOException {
    Optional<EntryStat> stat = work == null ? Optional.empty() : work.stat(NAME);
    return stat.filter(EntryStat::isDirectory).isPresent();
  }

  /**
   * Opens the index in a work directory, which even its owner may not open: its mode is another one
   * until this is closed.
   *
   * @param work the work directory, which has to stay open; may be null
   * @param marks where marks are kept
   * @return the index, to be closed; empty if there is none
   * @throws IOException if it cannot be opened
   */
  public static Optional<UpperIndex> open(LayerDirectory work, MarkNamespace marks)
      throws IOException {
    if (!isIn(work)) {
      return Optional.empty();
    }
    int mode = LayerEntries.present(work, NAME).mode();
    LayerDirectory directory = LayerEntries.openClosed(work, NAME);
    return Optional.of(new UpperIndex(work, mode, directory, marks));
  }

  /**
   * Returns the directory of the entries.
   *
   * @return an open directory that belongs to this
   */
  public LayerDirectory directory() {
    return directory;
  }

  /**
   * Returns the entries that the view may show under names of the lower: files, or the like, of
   * which not all names are in the upper.
   *
   * @return their names, by the file handles of what the lower has
   * @throws IOException if the index cannot be read
   */
  public Map<ByteBuffer, Name> hidden() throws IOException {
    Map<ByteBuffer, Name> files = new HashMap<>();
    EntryCursor cursor = directory.entries();
    for (LayerEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
      Name name = entry.name();
      if (entry.type() != EntryType.DIRECTORY && isHidden(name)) {
        handle(name).ifPresent(handle -> files.put(handle, name));
      }
    }
    return files;
  }

  /**
   * The mark says by how much the names of the view are more than those of the inode, one of which
   * is the entry itself; the kernel sets it on whatever had several names when it was copied up.
   * Source: fs/overlayfs/inode.c, {@code ovl_get_nlink}, and copy_up.c, {@code ovl_do_copy_up}.
   */
  private boolean isHidden(Name name) throws IOException {
    Optional<EntryStat> stat = directory.stat(name);
    if (stat.isEmpty() || stat.get().isDirectory() || stat.get().isWhiteoutDevice()) {
      return false;
    }
    Optional<byte[]> mark = directory.xattr(name, Mark.NLINK.xattr(marks));
    return mark.isPresent() && !isComplete(new String(mark.get(), StandardCharsets.US_ASCII));
  }

  private static boolean isComplete(String mark) {
    try {
      return mark.startsWith("U") && Integer.parseInt(mark.substring(1)) < 0;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static Optional<ByteBuffer> handle(Name name) {
    String digits = new String(name.toBytes(), StandardCharsets.ISO_8859_1);
    try {
      byte[] bytes = HexFormat.of().parseHex(digits);
      return bytes.length <= HEADER
          ? Optional.empty()
          : Optional.of(ByteBuffer.wrap(bytes, HEADER, bytes.length - HEADER).slice());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /**
   * Empties it, for whoever moves the inodes that it tells of.
   *
   * @throws IOException if an entry cannot be removed
   */
  public void clear() throws IOException {
    LayerEntries.removeAll(directory);
  }

  @Override
  public void close() throws IOException {
    try (directory) {
      if (LayerEntries.present(work, NAME).mode() != mode) {
        work.setMode(NAME, mode);
      }
    }
  }
}
