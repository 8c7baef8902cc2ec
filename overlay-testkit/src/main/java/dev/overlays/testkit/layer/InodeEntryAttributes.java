package dev.overlays.testkit.layer;

import dev.overlays.testkit.inode.Inode;
import dev.overlays.testkit.inode.InodeValue;
import dev.overlays.testkit.inode.InodeView;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;

/** The same attributes, stored in the same way, on a jimfs that gives all of an entry at once. */
final class InodeEntryAttributes extends EmulatedAttributes {
  InodeEntryAttributes(FileSystem fileSystem) {
    super(fileSystem);
  }

  @Override
  public StoredEntry readEntry(Path path) throws IOException {
    return new InodeEntry(this, Files.readAttributes(path, Inode.class, LinkOption.NOFOLLOW_LINKS));
  }

  @Override
  public void setMode(Path path, int mode) throws IOException {
    Files.getFileAttributeView(path, InodeView.class, LinkOption.NOFOLLOW_LINKS)
        .setValue(
            inode -> {
              if (inode.isSymbolicLink()) {
                throw EntryAttributes.linkHasNoMode(path);
              }
              return toValue(new InodeEntry(this, inode).values().withMode(mode));
            });
  }

  private static InodeValue toValue(EmulatedValues values) {
    return new InodeValue(VALUES_XATTR, values.toBytes(), values.mode());
  }

  @Override
  public boolean createsAnyMode() {
    return true;
  }

  @Override
  public FileAttribute<?>[] creationAttributes(int mode) {
    return new FileAttribute<?>[] {toValue(EmulatedValues.initialValues(mode)).forCreation()};
  }

  @Override
  public void afterCreation(Path path, int mode) {}

  /** For jimfs, a move that replaces nothing is as atomic as any other. */
  @Override
  public boolean renameToFree(Path from, Path to) throws IOException {
    if (from.getFileSystem() != to.getFileSystem() || to.startsWith(from)) {
      return false;
    }
    try {
      Files.move(from, to);
      return true;
    } catch (FileAlreadyExistsException e) {
      return false;
    }
  }
}
