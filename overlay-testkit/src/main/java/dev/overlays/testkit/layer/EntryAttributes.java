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

/** Owner, mode and identity of entries, as a file system has them or as they are kept for it. */
interface EntryAttributes {

  /** What an entry is, as the file system has it: an emulated node is a file here. */
  EntryStat stat(Path path) throws IOException;

  void setOwner(Path path, int owner, int group) throws IOException;

  void setMode(Path path, int mode) throws IOException;

  /** Sets the attributes {@code i} and {@code a} of chattr(1). */
  void setProtection(Path path, boolean immutable, boolean appendOnly) throws IOException;

  default void setTimes(Path path, FileTime accessed, FileTime modified) throws IOException {
    Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setTimes(modified, accessed, null);
  }

  /** What gives an entry its mode while it is made. */
  FileAttribute<?>[] creation(int mode);

  /** Called when an entry has been made. */
  void created(Path path, int mode) throws IOException;

  /** The target of a link, byte for byte where that can be. */
  byte[] target(Path link) throws IOException;

  /** Called when a link has been made, for what the file system does not keep of its target. */
  void linked(Path link, byte[] target) throws IOException;

  /** Whether the entries of a kind can have any extended attributes. */
  boolean hasXattrs(EntryType type);

  /**
   * Under which name of the namespace {@code user}, without that prefix, an extended attribute is
   * kept.
   *
   * @return the name; empty if there can be no such attribute
   */
  Optional<String> keptXattr(String xattr);

  /** The full name of the extended attribute that is kept under one; empty if none is shown. */
  Optional<String> shownXattr(String kept);

  static EntryAttributes of(FileSystem fileSystem) {
    boolean local =
        fileSystem == FileSystems.getDefault()
            && fileSystem.supportedFileAttributeViews().contains("unix");
    return local ? new LocalAttributes() : new KeptAttributes(fileSystem);
  }
}
