package dev.overlays.cache;

import dev.overlays.OverlayException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

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
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // Of a maintenance that was cut off.
      return;
    } catch (IOException e) {
      throw Failures.of(file, "cannot be made", e);
    }
  }

  void remove() throws OverlayException {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Failures.of(file, "cannot be removed", e);
    }
  }
}
