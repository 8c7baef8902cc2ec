package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.layer.PathBytes;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.runtime.NamedLock;
import dev.overlays.linux.syscall.NativeAccess;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * A file that the start of the machine depends on. It is replaced by a rename, so that it is
 * complete at every moment, and the old file is kept under a second name. Writers of this library
 * exclude each other by a lock that only their user can take; changes by other programs are found
 * by comparing the content.
 */
final class BootFile {
  private static final NativeLayerStore STORE = new NativeLayerStore();
  private static final String KEPT_SUFFIX = ".overlays-bak";
  private static final int NEW_FILE_MODE = 0644;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Path path;

  BootFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  byte[] readFile() throws OverlayException {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw accessFailure("read", e);
    }
  }

  /**
   * Replaces the file, unless it has this content already.
   *
   * @param expected accepts the old content that the change was made for; a missing file has no
   *     bytes
   */
  void replaceContent(Predicate<byte[]> expected, byte[] content) throws OverlayException {
    Optional<Problem> noCalls = NativeAccess.accessProblem();
    if (noCalls.isPresent()) {
      throw new OverlayException(noCalls.get());
    }
    try {
      Path real = realFile();
      Optional<NamedLock> lock = NamedLock.tryAcquire(lockName(real), PATIENCE);
      if (lock.isEmpty()) {
        throw changeFailure("Another process of this user is changing it");
      }
      try (NamedLock taken = lock.get();
          LayerDirectory directory = STORE.open(real.getParent())) {
        Objects.requireNonNull(taken);
        replaceContent(directory, Name.of(real.getFileName().toString()), expected, content);
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw accessFailure("written", e);
    }
  }

  /**
   * Names the lock after the real path of the file. The file itself is not locked, because
   * everybody who can read it could lock it.
   */
  static String lockName(Path real) {
    return "boot-" + UUID.nameUUIDFromBytes(PathBytes.of(real));
  }

  /** Refuses a file that cannot be replaced, as far as that can be told beforehand. */
  void checkWritable() throws OverlayException {
    Optional<Problem> noCalls = NativeAccess.accessProblem();
    if (noCalls.isPresent()) {
      throw new OverlayException(noCalls.get());
    }
    try {
      Path directory = realFile().getParent();
      if (!Files.isWritable(directory)) {
        throw new AccessDeniedException(directory.toString());
      }
    } catch (IOException e) {
      throw accessFailure("written", e);
    }
  }

  /** Removes the file, the kept old one, and files that a killed writer left. */
  void removeFile() throws OverlayException {
    String name = path.getFileName().toString();
    try {
      for (String each : List.of(name, name + KEPT_SUFFIX, newFileName(name), oldFileName(name))) {
        Files.deleteIfExists(path.resolveSibling(each));
      }
    } catch (IOException e) {
      throw accessFailure("removed", e);
    }
  }

  /** The file that the path leads to; the path itself if there is no file yet. */
  private Path realFile() throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS)
        ? path.toRealPath()
        : path.getParent().toRealPath().resolve(path.getFileName());
  }

  private void replaceContent(
      LayerDirectory directory, Name name, Predicate<byte[]> expected, byte[] content)
      throws IOException {
    byte[] old = readContent(directory, name);
    if (Arrays.equals(old, content) && directory.stat(name).isPresent()) {
      return;
    }
    if (!expected.test(old)) {
      throw changeFailure("It is no longer what was read");
    }
    Name next = Name.of(newFileName(name.toString()));
    Name second = Name.of(oldFileName(name.toString()));
    try {
      removeIfThere(directory, next);
      removeIfThere(directory, second);
      writeNewFile(directory, name, next, content);
      if (!Arrays.equals(readContent(directory, name), old)) {
        throw changeFailure("It was changed just now");
      }
      keepOldFile(directory, name, second);
      directory.rename(next, directory, name);
    } catch (IOException | RuntimeException e) {
      removeAfterFailure(directory, next, e);
      removeAfterFailure(directory, second, e);
      throw e;
    }
    directory.syncFile(Name.SELF);
  }

  /** The name is always the same, so a file that a killed process left is found and removed. */
  private static String newFileName(String name) {
    return "." + name + ".overlays-new";
  }

  private static String oldFileName(String name) {
    return "." + name + ".overlays-old";
  }

  private static byte[] readContent(LayerDirectory directory, Name name) throws IOException {
    if (directory.stat(name).isEmpty()) {
      return new byte[0];
    }
    try (InputStream in = directory.readFile(name)) {
      return in.readAllBytes();
    }
  }

  private static void writeNewFile(LayerDirectory directory, Name name, Name next, byte[] content)
      throws IOException {
    try (OutputStream out = directory.createFile(next)) {
      out.write(content);
    }
    Optional<EntryStat> old = directory.stat(name);
    if (old.isPresent()) {
      EntryStat stat = old.get().withModified(Instant.now());
      AttributeCopy.copyAttributes(directory, name, stat, directory, next, MarkNamespace.TRUSTED);
    } else {
      directory.setMode(next, NEW_FILE_MODE);
    }
    directory.syncFile(next);
  }

  /** Gives the old file its second name, which replaces an older one. */
  private static void keepOldFile(LayerDirectory directory, Name name, Name second)
      throws IOException {
    if (directory.stat(name).isPresent()) {
      directory.createLink(name, directory, second);
      directory.rename(second, directory, Name.of(name + KEPT_SUFFIX));
      // The rename did nothing if a process was killed here the last time: both names are one file.
      removeIfThere(directory, second);
    }
  }

  private static void removeIfThere(LayerDirectory directory, Name name) throws IOException {
    try {
      directory.remove(name);
    } catch (NoSuchFileException e) {
      // It is not there, as wanted.
    }
  }

  private static void removeAfterFailure(LayerDirectory directory, Name name, Exception failure) {
    try {
      removeIfThere(directory, name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private OverlayException changeFailure(String what) {
    return new OverlayException(
        Problem.of(
            ProblemCode.BOOT_FILE_CHANGED,
            path,
            what + ".",
            "Read it again, repeat the change, and write the result."));
  }

  private OverlayException accessFailure(String what, IOException failure) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.BOOT_FILE_FAILED,
                path,
                "The file could not be " + what + ": " + failure.getMessage() + ".",
                "Check that it exists, the rights to it and to its directory, and that space is"
                    + " left.")),
        failure);
  }
}
