package dev.overlays.layer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An open directory of a layer. All operations are relative to it and take a single name, which is
 * never followed as a symbolic link; {@link Name#SELF} stands for the directory itself. So no
 * operation leads out of the layer, even if somebody replaces a directory by a link meanwhile.
 *
 * <p>Each method that changes something is one operation of the file system: it happens completely
 * or not at all, unless its description says otherwise. Several threads may use a handle at the
 * same time, except its cursor. A handle must be closed.
 *
 * <p>When a handle is closed, every method but {@code close} and {@code toString} throws {@link
 * ClosedHandleException} and does nothing, and so do its cursor and every method that takes it as a
 * target. If another thread closes it during an operation, the operation ends as if the handle were
 * still open, and never works in another directory; {@code close} does not wait for it. Streams,
 * channels and directories that were opened through the handle stay open until they are closed
 * themselves; a closed stream or channel throws an {@code IOException}.
 *
 * <p>Failures are reported by the exceptions of {@code java.nio.file}, which carry a readable path:
 * {@code NoSuchFileException}, {@code FileAlreadyExistsException}, {@code
 * DirectoryNotEmptyException}, {@code NotDirectoryException}, {@code AccessDeniedException}, and
 * {@code FileSystemException}, of which {@link ClosedHandleException} is one, for everything else.
 * These, and plain input and output errors, are what "throws IOException" means below.
 *
 * <p>Names of extended attributes are complete ({@code user.mime_type}) and have one character for
 * each byte, so that every name can be represented.
 */
public interface LayerDirectory extends Closeable {

  /**
   * Returns a cursor at the first entry. It ends the cursor that was returned before. An entry that
   * exists throughout is returned exactly once; an entry that is created or removed meanwhile, at
   * most once.
   *
   * @return the cursor
   * @throws IOException if the directory cannot be read
   */
  EntryCursor entries() throws IOException;

  /**
   * Returns the attributes of an entry.
   *
   * @param name its name
   * @return its attributes; empty if there is no entry of that name
   * @throws IOException if they cannot be read
   */
  Optional<EntryStat> stat(Name name) throws IOException;

  /**
   * Opens a directory inside this one.
   *
   * @param name its name
   * @return a new handle
   * @throws IOException if it cannot be opened, if it is not a directory (a symbolic link is not),
   *     or if something else, which is not part of the layer, is mounted on it
   */
  LayerDirectory open(Name name) throws IOException;

  /**
   * Creates a directory that only its owner can use.
   *
   * @param name its name
   * @throws IOException if it cannot be made, or there is something of that name
   */
  void createDirectory(Name name) throws IOException;

  /**
   * Creates an empty file that only its owner can use, and opens it for writing.
   *
   * @param name its name
   * @return a stream to be closed
   * @throws IOException if it cannot be made, or there is something of that name
   */
  OutputStream createFile(Name name) throws IOException;

  /**
   * Creates an empty file with a mode. If that fails, there is no new file.
   *
   * @param name its name
   * @param mode the permission and set-ID bits, which no umask changes
   * @throws java.nio.file.FileAlreadyExistsException if there is something of that name
   * @throws IOException if it cannot be made
   */
  default void createFile(Name name, int mode) throws IOException {
    createFile(name).close();
    try {
      setMode(name, mode);
    } catch (IOException | RuntimeException | Error e) {
      try {
        remove(name);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /**
   * Creates a symbolic link.
   *
   * @param name its name
   * @param target the bytes of what it leads to
   * @throws IOException if it cannot be made, or there is something of that name
   */
  void createSymlink(Name name, byte[] target) throws IOException;

  /**
   * Creates a device node, named pipe or socket that only its owner can use.
   *
   * @param name its name
   * @param type its kind
   * @param deviceMajor the major number of a device node; otherwise 0
   * @param deviceMinor the minor number of a device node; otherwise 0
   * @throws IOException if it cannot be made, or there is something of that name
   * @throws UnsupportedOperationException if this store cannot hold such an entry
   */
  void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor) throws IOException;

  /**
   * Creates a whiteout, in the form that mounts of this store's layers understand in an upper.
   *
   * @param name its name
   * @throws IOException if it cannot be made, or there is something of that name
   */
  void createWhiteout(Name name) throws IOException;

  /**
   * Gives an entry that is not a directory an additional name.
   *
   * @param name its name
   * @param target the directory of the new name, of the same store
   * @param newName the new name
   * @throws java.nio.file.AtomicMoveNotSupportedException if the file system or its mount allows no
   *     link between the two directories (EXDEV), for example between subvolumes of btrfs or
   *     directories with different project IDs, although they may be on one file system; then only
   *     a copy is possible
   * @throws IOException if that cannot be, or there is something of that name
   */
  void createLink(Name name, LayerDirectory target, Name newName) throws IOException;

  /**
   * Moves an entry, and replaces what the target holds under the new name: a directory may replace
   * an empty directory, anything else may replace anything but a directory. If both names are links
   * to one inode, nothing happens (source: rename(2)).
   *
   * @param name its name
   * @param target the new directory, of the same store
   * @param newName the new name
   * @throws java.nio.file.AtomicMoveNotSupportedException as {@link #createLink}
   * @throws IOException if it cannot be moved; nothing has changed then
   */
  void rename(Name name, LayerDirectory target, Name newName) throws IOException;

  /**
   * Exchanges two entries of any kind: at every moment both names exist, and each leads to one of
   * the two. Source: renameat2(2), {@code RENAME_EXCHANGE}.
   *
   * @param name the name of one entry
   * @param target the directory of the other one, of the same store
   * @param otherName its name
   * @throws java.nio.file.AtomicMoveNotSupportedException if the file system or this store, as by
   *     default, cannot do that in one operation; nothing has changed then
   * @throws IOException if they cannot be exchanged; nothing has changed then
   */
  default void exchange(Name name, LayerDirectory target, Name otherName) throws IOException {
    LayerEntries.requireStat(this, name);
    LayerEntries.requireStat(target, otherName);
    throw new AtomicMoveNotSupportedException(
        LayerEntries.pathOf(this, name).toString(),
        LayerEntries.pathOf(target, otherName).toString(),
        "this store cannot exchange entries");
  }

  /**
   * Removes an entry that is not a directory.
   *
   * @param name its name
   * @throws IOException if it cannot be removed
   */
  void remove(Name name) throws IOException;

  /**
   * Removes an empty directory.
   *
   * @param name its name
   * @throws IOException if it cannot be removed, or is not empty
   */
  void removeDirectory(Name name) throws IOException;

  /**
   * Opens a file for reading.
   *
   * @param name its name
   * @return a stream to be closed
   * @throws IOException if it cannot be opened, or is not a regular file
   */
  InputStream readFile(Name name) throws IOException;

  /**
   * Reads the first bytes of a regular file: all of a small one, with as few calls as the store
   * needs.
   *
   * @param name its name
   * @param stat what {@link #stat} has returned for it: a regular file
   * @param bytes the array to fill
   * @param offset where the bytes begin in the array
   * @param length the most bytes to read
   * @return how many bytes were read; less than {@code length} if the file ends there
   * @throws IOException if it cannot be read, or is not a regular file anymore
   */
  default int readStart(Name name, EntryStat stat, byte[] bytes, int offset, int length)
      throws IOException {
    try (InputStream in = readFile(name)) {
      return in.readNBytes(bytes, offset, length);
    }
  }

  /**
   * Opens a file for reading, or for reading and writing at any position. The channel refers to the
   * inode: it stays valid when the name is moved or removed.
   *
   * @param name its name
   * @param writable whether it is opened for writing, too
   * @return a channel at position 0, to be closed
   * @throws IOException if it cannot be opened, or is not a regular file
   */
  FileChannel openFile(Name name, boolean writable) throws IOException;

  /**
   * Replaces the data of an existing file by the data of another one. Holes are preserved, and
   * blocks are shared if the file system supports that. The existing file keeps its times. This
   * takes many operations: until it returns, the file may hold a part of the data, and a newer
   * time.
   *
   * @param name the name of the file that has the data
   * @param target where the file is that gets it, in a directory of the same store
   * @param newName the name of that file
   * @throws IOException if one of them is not a regular file, cannot be opened, read or written
   */
  void copyData(Name name, LayerDirectory target, Name newName) throws IOException;

  /**
   * Creates a file with the data of another one. Holes are preserved, and blocks are shared if the
   * file system supports that. This takes many operations; if one fails, there is no new file.
   *
   * @param name the name of the file that has the data
   * @param stat what {@link #stat} has returned for it: a regular file, whose data has not changed
   *     since
   * @param target where the new file is created, a directory of the same store
   * @param newName its name
   * @param mode the permission bits to create it with, so that a caller who wants them need not set
   *     them afterwards; the store may leave some out, such as those that a umask removes
   * @throws java.nio.file.FileAlreadyExistsException if there is something of that name
   * @throws IOException if the other one is not a regular file, cannot be opened or read, or if the
   *     new one cannot be made or written
   */
  default void copyFile(Name name, EntryStat stat, LayerDirectory target, Name newName, int mode)
      throws IOException {
    LayerEntries.requireStat(this, name);
    target.createFile(newName).close();
    try {
      copyData(name, target, newName);
    } catch (IOException | RuntimeException | Error e) {
      try {
        target.remove(newName);
      } catch (IOException f) {
        e.addSuppressed(f);
      }
      throw e;
    }
  }

  /**
   * Creates a file with the data of another one, as the other method, and with its permission bits.
   * Tells the state of that one, so that whoever has listed it needs no {@link #stat} before.
   *
   * @param name the name of the file that has the data, which was a regular file in a listing
   * @param target where the new file is created, a directory of the same store
   * @param newName its name
   * @return the state of the file that has the data, when it was opened
   * @throws java.nio.file.FileAlreadyExistsException if there is something of that name
   * @throws IOException if the other one is not a regular file, cannot be opened or read, or if the
   *     new one cannot be made or written
   */
  default EntryStat copyFile(Name name, LayerDirectory target, Name newName) throws IOException {
    EntryStat stat = LayerEntries.requireStat(this, name);
    copyFile(name, stat, target, newName, stat.mode());
    return stat;
  }

  /**
   * Reads a symbolic link.
   *
   * @param name its name
   * @return the bytes of what it leads to
   * @throws IOException if it cannot be read, or is none
   */
  byte[] readSymlink(Name name) throws IOException;

  /**
   * Lists the extended attributes of an entry, in every namespace that this process may see.
   *
   * @param name its name
   * @return their full names
   * @throws IOException if they cannot be listed; a file system that has none gives an empty list
   */
  List<String> xattrs(Name name) throws IOException;

  /**
   * Reads an extended attribute.
   *
   * @param name the name of the entry
   * @param xattr the full name of the attribute
   * @return its value; empty if there is none of that name
   * @throws IOException if it cannot be read
   */
  Optional<byte[]> xattr(Name name, String xattr) throws IOException;

  /**
   * Sets an extended attribute.
   *
   * @param name the name of the entry
   * @param xattr the full name of the attribute
   * @param value the new value
   * @throws IOException if it cannot be set
   */
  void setXattr(Name name, String xattr, byte[] value) throws IOException;

  /**
   * Removes an extended attribute. Does nothing if there is none of that name.
   *
   * @param name the name of the entry
   * @param xattr the full name of the attribute
   * @throws IOException if it cannot be removed
   */
  void removeXattr(Name name, String xattr) throws IOException;

  /**
   * Sets the owner. Where the kernel does so, set-user-ID and set-group-ID bits and file
   * capabilities go: set the mode afterwards.
   *
   * @param name the name of the entry
   * @param owner the user ID
   * @param group the group ID
   * @throws IOException if it cannot be set
   */
  void setOwner(Name name, int owner, int group) throws IOException;

  /**
   * Sets the permission bits.
   *
   * @param name the name of an entry that is no symbolic link
   * @param mode the twelve bits
   * @throws IOException if they cannot be set
   */
  void setMode(Name name, int mode) throws IOException;

  /**
   * Sets the times.
   *
   * @param name the name of the entry
   * @param accessed when it was last read
   * @param modified when its content was last changed
   * @throws IOException if they cannot be set
   */
  void setTimes(Name name, Instant accessed, Instant modified) throws IOException;

  /**
   * Sets or clears the attributes {@code i} and {@code a} of chattr(1).
   *
   * @param name the name of a file or directory
   * @param immutable whether nothing of it can be changed
   * @param appendOnly whether it can only be added to
   * @throws IOException if they cannot be set, for want of a right or on this file system
   */
  void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException;

  /**
   * Makes sure that the data and attributes of a file survive a loss of power.
   *
   * @param name the name of a file
   * @throws IOException if the disk cannot take them
   */
  void syncFile(Name name) throws IOException;

  /**
   * Makes durable everything that was changed in the file system of this directory so far.
   *
   * @throws IOException if the disk cannot take it
   */
  void syncFileSystem() throws IOException;

  /**
   * Returns the free space of the file system of this directory.
   *
   * @return the bytes that this process may still use; {@link Long#MAX_VALUE} if unknown
   * @throws IOException if it cannot be told
   */
  long freeSpace() throws IOException;

  /**
   * Returns the file handle of an entry, as name_to_handle_at(2) returns it.
   *
   * @param name its name
   * @return the bytes of the handle; empty if the file system has none
   * @throws IOException if the entry is not there
   */
  Optional<byte[]> fileHandle(Name name) throws IOException;

  /**
   * Returns when the inode of an entry was created. Nothing can change this time afterwards.
   * Source: statx(2), {@code stx_btime}.
   *
   * @param name its name
   * @return the time to the nanosecond; empty, which is the default, if unknown
   * @throws IOException if the entry is not there
   */
  default Optional<Instant> birthTime(Name name) throws IOException {
    LayerEntries.requireStat(this, name);
    return Optional.empty();
  }

  /**
   * Tells whether entries of another directory can be moved into this one, as far as that is known
   * beforehand: between parts of one file system the kernel may refuse it (EXDEV).
   *
   * @param source a directory of the same store
   * @return false if {@link #rename} would certainly be refused; true, which is the default, if the
   *     caller has to try
   * @throws IOException if it cannot be told
   */
  default boolean canMoveFrom(LayerDirectory source) throws IOException {
    LayerEntries.requireStat(this, Name.SELF);
    LayerEntries.requireStat(source, Name.SELF);
    return true;
  }

  /**
   * Creates a file without a name on the file system of this directory, for trying what it can
   * store.
   *
   * @return the file, to be closed; empty, which is the default, if such files are not supported
   * @throws IOException if this cannot be found out
   */
  default Optional<UnnamedFile> createUnnamed() throws IOException {
    LayerEntries.requireStat(this, Name.SELF);
    return Optional.empty();
  }

  /** Closes the handle; does nothing if it is closed. */
  @Override
  void close() throws IOException;

  /** Returns the readable path, with U+FFFD for invalid UTF-8. */
  @Override
  String toString();
}
