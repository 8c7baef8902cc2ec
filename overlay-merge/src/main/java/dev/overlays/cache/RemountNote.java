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
 * An empty file in the directory of an instance, there from before a maintenance unmounts it until
 * it is mounted again: whatever cuts the maintenance off, the next one knows.
 */
record RemountNote(Path file) {
  private static final String NAME = ".overlays-remount";

  static RemountNote in(Path instance) {
    return new RemountNote(instance.resolve(NAME));
  }

  static RemountNote of(CacheInstance instance) {
    return in(instance.directory());
  }

  boolean isThere() {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
  }

  void leave() throws OverlayException {
    try {
      Files.createFile(file, mode());
    } catch (FileAlreadyExistsException e) {
      // Of a maintenance that was cut off.
      return;
    } catch (IOException e) {
      throw InstanceFailures.of(file, "cannot be made", e);
    }
  }

  /** Nobody else may write to it, whatever the umask of this process is. */
  private FileAttribute<?>[] mode() {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--"))
        }
        : new FileAttribute<?>[0];
  }

  void remove() throws OverlayException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw InstanceFailures.of(file, "cannot be removed", e);
    }
  }
}
