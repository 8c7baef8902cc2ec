package dev.overlays.cache;

import dev.overlays.OverlayException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * An empty file in the directory of an instance that a maintenance unmounts. It exists until the
 * instance is mounted again, so that after an interruption the next maintenance mounts it.
 */
record RemountNote(Path file) {
  private static final String NAME = ".overlays-remount";

  static RemountNote inDirectory(Path instance) {
    return new RemountNote(instance.resolve(NAME));
  }

  static RemountNote of(CacheInstance instance) {
    return inDirectory(instance.directory());
  }

  boolean isPresent() {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  void writeNote() throws OverlayException {
    try {
      Files.createFile(file, fileMode());
    } catch (FileAlreadyExistsException e) {
      // It is from an interrupted maintenance.
      return;
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(file, "cannot be made", e);
    }
  }

  /** Returns a mode that lets nobody else write to the file, whatever the umask is. */
  private FileAttribute<?>[] fileMode() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"))
        }
        : new FileAttribute<?>[0];
  }

  void removeNote() throws OverlayException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw InstanceFailures.accessFailure(file, "cannot be removed", e);
    }
  }
}
