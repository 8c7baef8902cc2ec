package dev.overlays.layer;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * An open directory of a layer. Everything is done relative to it, by a single name that is never
 * followed as a symbolic link; {@link Name#SELF} stands for the directory itself. So nothing here
 * leads out of the layer, even when somebody swaps a directory for a link meanwhile.
 *
 * <p>Each method that changes something is one operation of the file system: it happens whole or
 * not at all, unless its description says otherwise. A handle may be used by several threads at a
 * time, but for its cursor, and has to be closed.
 *
 * <p>A handle that is closed refuses: every method but {@code close} and {@code toString} throws
 * {@link ClosedHandleException}, and so do its cursor and whatever takes it as a target. Nothing
 * has been done then. When another thread closes it meanwhile, an operation that has begun ends as
 * if it had not been closed, and never works in another directory; {@code close} does not wait for
 * that. Streams, channels and directories that were opened through it stay open until they are
 * closed themselves; a closed stream or channel throws an {@code IOException}.
 *
 * <p>Failures are told by the exceptions of {@code java.nio.file}, with the path for people in
 * them: {@code NoSuchFileException}, {@code FileAlreadyExistsException}, {@code
 * DirectoryNotEmptyException}, {@code NotDirectoryException}, {@code AccessDeniedException}, and
 * {@code FileSystemException}, of which {@link ClosedHandleException} is one, for all else. They
 * are what "throws IOException" stands for below, beside plain input and output errors.
 *
 * <p>Extended attributes are named in full ({@code user.mime_type}), one character for each byte of
 * the name, so that any name survives.
 */
public interface LayerDirectory extends Closeable {

  /**
   * Returns a cursor from the first entry on. Starting one ends the one before. An entry that stays
   * throughout is given exactly once; one that comes or goes meanwhile, once or not at all.
   *
   * @return the cursor
   * @throws IOException if the directory cannot be read
   */
  EntryCursor entries() throws IOException;

  /**
   * Tells what an entry is.
   *
   * @param name its name
   * @return what it is; empty if there is none of that name
   * @throws IOException if it cannot be told
   */
  Optional<EntryStat> stat(Name name) throws IOException;

  /**
   * Opens a directory in this one.
   *
   * @param name its name
   * @return a new handle
   * @throws IOException if it cannot be opened, is not a directory (a symbolic link is none), or
   *     something else is mounted on it, which is not part of the layer
   */
  LayerDirectory open(Name name) throws IOException;

  /**
   * Makes a directory that only its owner can use.
   *
   * @param name its name
   * @throws IOException if it cannot be made, or there is something of that name
   */
  void createDirectory(Name name) throws IOException;

  /**
   * Makes an empty file that only its owner can use, and opens it for writing.
   *
   * @param name its name
   * @return a stream to be closed
   * @throws IOException if it cannot be made, or there is something of that name
   */
  OutputStream createFile(Name name) throws IOException;

  /**
   * Makes a symbolic link.
   *
   * @param name its name
   * @param target the bytes of what it leads to
   * @throws IOException if it cannot be made, or there is something of that name
   */
  void createSymlink(Name name, byte[] target) throws IOException;

  /**
   * Makes a device node, named pipe or socket that only its owner can use.
   *
   * @param name its name
   * @param type its kind
   * @param deviceMajor of a device node, the major number; otherwise 0
   * @param deviceMinor of a device node, the minor number; otherwise 0
   * @throws IOException if it cannot be made, or there is something of that name
   * @throws UnsupportedOperationException if this store cannot hold such an entry
   */
  void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor) throws IOException;

  /**
   * Makes a whiteout, in the form that mounts of this store's layers understand in an upper.
   *
   * @param name its name
   * @throws IOException if it cannot be made, or there is something of that name
   */
  void createWhiteout(Name name) throws IOException;

  /**
   * Gives an entry that is not a directory another name.
   *
   * @param name its name
   * @param target where the new name is to be, in a directory of the same store
   * @param newName the new name
   * @throws java.nio.file.AtomicMoveNotSupportedException if the file system, which may be one, or
   *     its mount has no link from there to here (EXDEV): other subvolumes of btrfs, directories
   *     with another project ID; a copy is the only way then
   * @throws IOException if that cannot be, or there is something of that name
   */
  void createLink(Name name, LayerDirectory target, Name newName) throws IOException;

  /**
   * Moves an entry, in place of what the target holds under the new name: a directory may take the
   * place of an empty directory, anything else that of anything but a directory. When both names
   * are links to one inode nothing happens (source: rename(2)).
   *
   * @param name its name
   * @param target where to, in a directory of the same store
   * @param newName the new name
   * @throws java.nio.file.AtomicMoveNotSupportedException as {@link #createLink}
   * @throws IOException if that cannot be; nothing has changed then
   */
  void rename(Name name, LayerDirectory target, Name newName) throws IOException;

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
   * Opens a file for reading, or for reading and writing at any place. What is opened is the inode:
   * the channel stays good when the name is moved or removed.
   *
   * @param name its name
   * @param writable whether it is opened for writing, too
   * @return a channel at the beginning, to be closed
   * @throws IOException if it cannot be opened, or is not a regular file
   */
  FileChannel openFile(Name name, boolean writable) throws IOException;

  /**
   * Gives a file that exists the data of another, in place of its own. What is a hole stays one,
   * and blocks are shared where the file system can do that. The other file keeps its times. Not
   * one operation but many: until this returns it may hold a part of the data, and a newer time.
   *
   * @param name the name of the file that has the data
   * @param target where the file is that gets it, in a directory of the same store
   * @param newName the name of that file
   * @throws IOException if one of them is not a regular file, cannot be opened, read or written
   */
  void copyData(Name name, LayerDirectory target, Name newName) throws IOException;

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
   * Makes sure that everything changed in the file system of this directory so far survives a loss
   * of power.
   *
   * @throws IOException if the disk cannot take it
   */
  void syncFileSystem() throws IOException;

  /**
   * Returns how many bytes can still be written to the file system of this directory.
   *
   * @return the bytes that this process may use; {@link Long#MAX_VALUE} where that is not known
   * @throws IOException if it cannot be told
   */
  long freeSpace() throws IOException;

  /**
   * Returns what the file system knows the inode of an entry by, as name_to_handle_at(2) gives it.
   *
   * @param name its name
   * @return the bytes of the handle; empty where there are none
   * @throws IOException if the entry is not there
   */
  Optional<byte[]> fileHandle(Name name) throws IOException;

  /**
   * Tells when the inode of an entry was made, which nothing can change afterwards. Source:
   * statx(2), {@code stx_btime}.
   *
   * @param name its name
   * @return the time to the nanosecond; empty, which is the default, where that is not known
   * @throws IOException if the entry is not there
   */
  default Optional<Instant> birthTime(Name name) throws IOException {
    LayerEntries.present(this, name);
    return Optional.empty();
  }

  /**
   * Tells whether entries of another directory may be moved into this one, as far as that is known
   * beforehand: between parts of one file system the kernel may refuse it (EXDEV).
   *
   * @param source a directory of the same store
   * @return false if it is sure that {@link #rename} would be refused; true, which is the default,
   *     if it has to be tried
   * @throws IOException if it cannot be told
   */
  default boolean mayTakeFrom(LayerDirectory source) throws IOException {
    LayerEntries.present(this, Name.SELF);
    LayerEntries.present(source, Name.SELF);
    return true;
  }

  /**
   * Makes a file without a name on the file system of this directory, to try in it what that keeps.
   *
   * @return the file, to be closed; empty, which is the default, where there are no such files
   * @throws IOException if this cannot be found out
   */
  default Optional<UnnamedFile> createUnnamed() throws IOException {
    LayerEntries.present(this, Name.SELF);
    return Optional.empty();
  }

  /** Closes the handle; does nothing if it is closed. */
  @Override
  void close() throws IOException;

  /** Returns the path for people, with U+FFFD for what is not UTF-8. */
  @Override
  String toString();
}
