package dev.overlays.linux.boot;

import dev.overlays.OverlayException;
import dev.overlays.Problem;
import dev.overlays.ProblemCode;
import dev.overlays.copy.AttributeCopy;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.MarkNamespace;
import dev.overlays.layer.Name;
import dev.overlays.linux.layer.NativeLayerStore;
import dev.overlays.linux.runtime.NamedLock;
import dev.overlays.linux.syscall.NativeAccess;
import dev.overlays.linux.syscall.PathBytes;
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
 * A file that the start of the machine depends on. It is replaced by a rename, so that it is whole
 * at every moment, and the old one stays as a second name. Writers of this library keep each other
 * out by a lock that nobody but their user can take; what others have written is seen by comparing.
 */
final class BootFile {
  private static final NativeLayerStore STORE = new NativeLayerStore();
  private static final String KEPT = ".overlays-bak";
  private static final int MODE = 0644;
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Path path;

  BootFile(Path path) {
    this.path = path.toAbsolutePath();
  }

  byte[] readFile() throws OverlayException {
    try {
      return Files.readAllBytes(path);
    } catch (IOException e) {
      throw failedProblem("read", e);
    }
  }

  /**
   * Replaces the file, unless it has this content already.
   *
   * @param expected tells whether the old content, or no bytes where there is no file, is what was
   *     to be changed
   */
  void replaceContent(Predicate<byte[]> expected, byte[] content) throws OverlayException {
    Optional<Problem> noCalls = NativeAccess.accessProblem();
    if (noCalls.isPresent()) {
      throw new OverlayException(noCalls.get());
    }
    try {
      Path real = linkTarget();
      Optional<NamedLock> lock = NamedLock.tryFor(lockName(real), PATIENCE);
      if (lock.isEmpty()) {
        throw changedMeanwhile("Another process of this user changes it at this moment");
      }
      try (NamedLock taken = lock.get();
          LayerDirectory directory = STORE.open(real.getParent())) {
        Objects.requireNonNull(taken);
        replaceContent(directory, Name.of(real.getFileName().toString()), expected, content);
      }
    } catch (OverlayException e) {
      throw e;
    } catch (IOException e) {
      throw failedProblem("written", e);
    }
  }

  /** By the file, whatever the path to it; a lock on what others can read others could take. */
  static String lockName(Path real) {
    return "boot-" + UUID.nameUUIDFromBytes(PathBytes.of(real));
  }

  /** Refuses a file that could not be replaced, as far as that can be told before. */
  void checkWritable() throws OverlayException {
    Optional<Problem> noCalls = NativeAccess.accessProblem();
    if (noCalls.isPresent()) {
      throw new OverlayException(noCalls.get());
    }
    try {
      Path directory = linkTarget().getParent();
      if (!Files.isWritable(directory)) {
        throw new AccessDeniedException(directory.toString());
      }
    } catch (IOException e) {
      throw failedProblem("written", e);
    }
  }

  /** Removes the file, what was kept of an earlier one, and what a killed writer has left. */
  void removeFile() throws OverlayException {
    String name = path.getFileName().toString();
    try {
      for (String each : List.of(name, name + KEPT, nextName(name), remedyAfter(name))) {
        Files.deleteIfExists(path.resolveSibling(each));
      }
    } catch (IOException e) {
      throw failedProblem("removed", e);
    }
  }

  /** What the path leads to; itself where there is nothing yet. */
  private Path linkTarget() throws IOException {
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
      throw changedMeanwhile("It is not what was read any more");
    }
    Name next = Name.of(nextName(name.toString()));
    Name second = Name.of(remedyAfter(name.toString()));
    try {
      removeIfThere(directory, next);
      removeIfThere(directory, second);
      prepareContent(directory, name, next, content);
      if (!Arrays.equals(readContent(directory, name), old)) {
        throw changedMeanwhile("It has been changed at this moment");
      }
      keepAttributes(directory, name, second);
      directory.rename(next, directory, name);
    } catch (IOException | RuntimeException e) {
      removeAfter(directory, next, e);
      removeAfter(directory, second, e);
      throw e;
    }
    directory.syncFile(Name.SELF);
  }

  /** By a name that nobody else has, so what a killed process has left is found and goes. */
  private static String nextName(String name) {
    return "." + name + ".overlays-new";
  }

  private static String remedyAfter(String name) {
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

  private static void prepareContent(LayerDirectory directory, Name name, Name next, byte[] content)
      throws IOException {
    try (OutputStream out = directory.createFile(next)) {
      out.write(content);
    }
    Optional<EntryStat> old = directory.stat(name);
    if (old.isPresent()) {
      EntryStat stat = old.get().withModified(Instant.now());
      AttributeCopy.copy(directory, name, stat, directory, next, MarkNamespace.TRUSTED);
    } else {
      directory.setMode(next, MODE);
    }
    directory.syncFile(next);
  }

  /** Gives the old file a second name, in place of what had that. */
  private static void keepAttributes(LayerDirectory directory, Name name, Name second)
      throws IOException {
    if (directory.stat(name).isPresent()) {
      directory.createLink(name, directory, second);
      directory.rename(second, directory, Name.of(name + KEPT));
      // Nothing was renamed if a process was killed right here the last time.
      removeIfThere(directory, second);
    }
  }

  private static void removeIfThere(LayerDirectory directory, Name name) throws IOException {
    try {
      directory.remove(name);
    } catch (NoSuchFileException e) {
      // That is as it should be.
    }
  }

  private static void removeAfter(LayerDirectory directory, Name name, Exception failure) {
    try {
      removeIfThere(directory, name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private OverlayException changedMeanwhile(String what) {
    return new OverlayException(
        Problem.of(
            ProblemCode.BOOT_FILE_CHANGED,
            path,
            what + ".",
            "Read it again, make the change anew, and write that."));
  }

  private OverlayException failedProblem(String what, IOException failure) {
    return new OverlayException(
        List.of(
            Problem.of(
                ProblemCode.BOOT_FILE_FAILED,
                path,
                "The file could not be " + what + ": " + failure.getMessage() + ".",
                "Look whether it is there, at the rights to it and its directory, and at the space"
                    + " left.")),
        failure);
  }
}
