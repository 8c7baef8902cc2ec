package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.net.URI;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/** A path of a {@link FaultyFileSystem}, for one of the wrapped file system. */
final class FaultyPath implements Path {
  private final FaultyFileSystem fileSystem;
  private final Path inner;

  FaultyPath(FaultyFileSystem fileSystem, Path inner) {
    this.fileSystem = fileSystem;
    this.inner = inner;
  }

  Path wrappedPath() {
    return inner;
  }

  private Path wrapPath(Path path) {
    return path == null ? null : new FaultyPath(fileSystem, path);
  }

  @Override
  public FaultyFileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return inner.isAbsolute();
  }

  @Override
  public Path getRoot() {
    return wrapPath(inner.getRoot());
  }

  @Override
  public Path getFileName() {
    return wrapPath(inner.getFileName());
  }

  @Override
  public Path getParent() {
    return wrapPath(inner.getParent());
  }

  @Override
  public int getNameCount() {
    return inner.getNameCount();
  }

  @Override
  public Path getName(int index) {
    return wrapPath(inner.getName(index));
  }

  @Override
  public Path subpath(int beginIndex, int endIndex) {
    return wrapPath(inner.subpath(beginIndex, endIndex));
  }

  @Override
  public boolean startsWith(Path other) {
    return isOfThis(other) && inner.startsWith(fileSystem.unwrap(other));
  }

  @Override
  public boolean endsWith(Path other) {
    return isOfThis(other) && inner.endsWith(fileSystem.unwrap(other));
  }

  private boolean isOfThis(Path other) {
    return other.getFileSystem() == fileSystem;
  }

  @Override
  public Path normalize() {
    return wrapPath(inner.normalize());
  }

  @Override
  public Path resolve(Path other) {
    return wrapPath(inner.resolve(fileSystem.unwrap(other)));
  }

  @Override
  public Path relativize(Path other) {
    return wrapPath(inner.relativize(fileSystem.unwrap(other)));
  }

  @Override
  public URI toUri() {
    return URI.create(FaultyProvider.SCHEME + ":" + inner.toUri());
  }

  @Override
  public Path toAbsolutePath() {
    return wrapPath(inner.toAbsolutePath());
  }

  @Override
  public Path toRealPath(LinkOption... options) throws IOException {
    return wrapPath(
        fileSystem
            .faults()
            .run(FileOperation.STAT, this::toString, () -> inner.toRealPath(options)));
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers)
      throws IOException {
    if (watcher instanceof FaultyWatchService service && service.isOf(fileSystem)) {
      return service.registerDirectory(this, events, modifiers);
    }
    throw new ProviderMismatchException("not a watch service of this file system");
  }

  @Override
  public int compareTo(Path other) {
    return inner.compareTo(((FaultyPath) other).inner);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof FaultyPath other
        && fileSystem == other.fileSystem
        && inner.equals(other.inner);
  }

  @Override
  public int hashCode() {
    return inner.hashCode();
  }

  @Override
  public String toString() {
    return inner.toString();
  }
}
