package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** A directory stream with paths of this file system, in random order if listings are shuffled. */
class FaultyDirectoryStream implements DirectoryStream<Path> {
  final FaultyFileSystem fileSystem;
  final OperationFaults faults;
  final String path;
  private final DirectoryStream<Path> inner;

  FaultyDirectoryStream(FaultyFileSystem fileSystem, DirectoryStream<Path> inner, String path) {
    this.fileSystem = fileSystem;
    this.inner = inner;
    this.path = path;
    faults = fileSystem.faults();
    faults.rememberHandle(this, path);
  }

  /** Wraps a stream; a secure one stays secure. */
  static DirectoryStream<Path> of(
      FaultyFileSystem fileSystem, DirectoryStream<Path> inner, String path) {
    return inner instanceof SecureDirectoryStream<Path> secure
        ? new FaultySecureDirectoryStream(fileSystem, secure, path)
        : new FaultyDirectoryStream(fileSystem, inner, path);
  }

  @Override
  public Iterator<Path> iterator() {
    Iterator<Path> paths = faults.shufflesListings() ? shuffledPaths() : inner.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        throwIfCrashed();
        return paths.hasNext();
      }

      @Override
      public Path next() {
        throwIfCrashed();
        return fileSystem.wrap(paths.next());
      }
    };
  }

  private void throwIfCrashed() {
    try {
      faults.throwIfCrashed();
    } catch (IOException e) {
      throw new DirectoryIteratorException(e);
    }
  }

  private Iterator<Path> shuffledPaths() {
    List<Path> paths = new ArrayList<>();
    inner.forEach(paths::add);
    paths.sort(Comparator.comparing(Path::toString));
    faults.shuffleListing(paths);
    return paths.iterator();
  }

  @Override
  public void close() throws IOException {
    faults.forgetHandle(this);
    inner.close();
  }
}
