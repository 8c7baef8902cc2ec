package dev.overlays.testkit.layer;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import java.io.IOException;
import java.nio.file.FileSystem;
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

  /** Reads the attributes of an entry; an emulated node is still a file here. */
  EntryStat stat(Path path) throws IOException;

  void setOwner(Path path, int owner, int group) throws IOException;

  void setMode(Path path, int mode) throws IOException;

  /** Sets the attributes {@code i} and {@code a} of chattr(1). */
  void setProtection(Path path, boolean immutable, boolean appendOnly) throws IOException;

  default void setTimes(Path path, FileTime accessed, FileTime modified) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(modified, accessed, null);
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
    return local ? new LocalAttributes() : new EmulatedAttributes(fileSystem);
  }
}
