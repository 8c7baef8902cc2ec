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
class FaultyListing implements DirectoryStream<Path> {
  final FaultyFileSystem fileSystem;
  final OperationFaults faults;
  final String path;
  private final DirectoryStream<Path> inner;

  FaultyListing(FaultyFileSystem fileSystem, DirectoryStream<Path> inner, String path) {
    this.fileSystem = fileSystem;
    this.inner = inner;
    this.path = path;
    faults = fileSystem.faults();
    faults.opened(this, path);
  }

  /** Wraps a stream; a secure one stays secure. */
  static DirectoryStream<Path> of(
      FaultyFileSystem fileSystem, DirectoryStream<Path> inner, String path) {
    return inner instanceof SecureDirectoryStream<Path> secure
        ? new FaultySecureListing(fileSystem, secure, path)
        : new FaultyListing(fileSystem, inner, path);
  }

  @Override
  public Iterator<Path> iterator() {
    Iterator<Path> paths = faults.isShuffled() ? shuffled() : inner.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        alive();
        return paths.hasNext();
      }

      @Override
      public Path next() {
        alive();
        return fileSystem.wrap(paths.next());
      }
    };
  }

  private void alive() {
    try {
      faults.alive();
    } catch (IOException e) {
      throw new DirectoryIteratorException(e);
    }
  }

  private Iterator<Path> shuffled() {
    List<Path> paths = new ArrayList<>();
    inner.forEach(paths::add);
    paths.sort(Comparator.comparing(Path::toString));
    faults.shuffle(paths);
    return paths.iterator();
  }

  @Override
  public void close() throws IOException {
    faults.closed(this);
    inner.close();
  }
}
