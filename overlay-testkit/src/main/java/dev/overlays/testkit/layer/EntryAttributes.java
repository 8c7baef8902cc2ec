package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryType;
import dev.overlays.testkit.inode.InodeView;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/** The attributes of entries: those that the file system has, or emulated ones. */
interface EntryAttributes {

  /** Finds an entry; a symbolic link is not followed. */
  StoredEntry readEntry(Path path) throws IOException;

  /**
   * Renames an entry to a name that is free, if the file system can do that without looking at that
   * name before.
   *
   * @return false if nothing was renamed, because the name is not free or the file system cannot
   */
  default boolean renameToFree(Path from, Path to) throws IOException {
    return false;
  }

  void setOwner(Path path, int owner, int group) throws IOException;

  /** Sets the mode; fails for a symbolic link. */
  void setMode(Path path, int mode) throws IOException;

  static FileSystemException linkHasNoMode(Path link) {
    return new FileSystemException(link.toString(), null, "is a symbolic link");
  }

  /** Sets the attributes {@code i} and {@code a} of chattr(1). */
  void setProtection(Path path, boolean immutable, boolean appendOnly) throws IOException;

  default void setTimes(Path path, FileTime accessed, FileTime modified) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(modified, accessed, null);
  }

  /** Whether a new entry can get any mode atomically; otherwise, one that is its owner's only. */
  default boolean createsAnyMode() {
    return false;
  }

  /** Returns the attributes that give a new entry its mode atomically. */
  FileAttribute<?>[] creationAttributes(int mode);

  /** Called after an entry is created. */
  void afterCreation(Path path, int mode) throws IOException;

  /** Returns the target of a link, byte for byte where the file system allows it. */
  byte[] readTarget(Path link) throws IOException;

  /** Called after a link is created, to store a target that the file system would normalize. */
  void afterLinking(Path link, byte[] target) throws IOException;

  /** Tells whether entries of a type can have extended attributes. */
  boolean supportsXattrs(EntryType type);

  /**
   * Returns the name in the namespace {@code user}, without that prefix, under which an extended
   * attribute is stored.
   *
   * @return the name; empty if there can be no such attribute
   */
  Optional<String> storedXattrName(String xattr);

  /**
   * Returns the full name of the extended attribute that is stored under a name; empty if it is not
   * shown.
   */
  Optional<String> shownXattrName(String kept);

  static EntryAttributes of(FileSystem fileSystem) {
    boolean local =
        fileSystem == FileSystems.getDefault()
            && fileSystem.supportedFileAttributeViews().contains("unix");
    if (local) {
      return new LocalAttributes();
    }
    return fileSystem.supportedFileAttributeViews().contains(InodeView.NAME)
        ? new InodeEntryAttributes(fileSystem)
        : new EmulatedAttributes(fileSystem);
  }
}
