package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;

/**
 * The provider of one faulty file system. Each has its own, so {@code Files} copies and moves
 * between two of them by reading and writing.
 */
final class FaultyProvider extends FileSystemProvider {
  static final String SCHEME = "faulty";

  private final FaultyFileSystem fileSystem;
  private final FileSystemProvider inner;

  FaultyProvider(FaultyFileSystem fileSystem, FileSystemProvider inner) {
    this.fileSystem = fileSystem;
    this.inner = inner;
  }

  private Path unwrapPath(Path path) {
    if (!fileSystem.isOpen()) {
      throw new ClosedFileSystemException();
    }
    return fileSystem.unwrap(path);
  }

  private <T> T run(FileOperation operation, Path path, OperationFaults.OperationBody<T> action)
      throws IOException {
    return fileSystem.faults().run(operation, path::toString, action);
  }

  private void run(FileOperation operation, Path path, OperationFaults.VoidOperationBody step)
      throws IOException {
    fileSystem.faults().run(operation, path::toString, step);
  }

  private void run(
      FileOperation operation, Path from, Path to, OperationFaults.VoidOperationBody step)
      throws IOException {
    fileSystem.faults().run(operation, () -> from + " -> " + to, step);
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("made by FaultyFileSystem.over");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    if (!SCHEME.equals(uri.getScheme())) {
      throw new IllegalArgumentException("not a URI of this file system: " + uri);
    }
    // Not through the wrapped provider: jimfs creates paths through its installed provider only.
    return fileSystem.wrap(Path.of(URI.create(uri.getRawSchemeSpecificPart())));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path file = unwrapPath(path);
    return run(
        OpenOperation.ofOptions(options),
        path,
        () ->
            FaultyByteChannel.of(
                inner.newByteChannel(file, options, attributes),
                fileSystem.faults(),
                path.toString()));
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path file = unwrapPath(path);
    return run(
        OpenOperation.ofOptions(options),
        path,
        () ->
            fileSystem
                .faults()
                .wrapChannel(inner.newFileChannel(file, options, attributes), path.toString()));
  }

  @Override
  public AsynchronousFileChannel newAsynchronousFileChannel(
      Path path,
      Set<? extends OpenOption> options,
      ExecutorService executor,
      FileAttribute<?>... attributes)
      throws IOException {
    Path file = unwrapPath(path);
    return run(
        OpenOperation.ofOptions(options),
        path,
        () ->
            new FaultyAsynchronousChannel(
                inner.newAsynchronousFileChannel(file, options, executor, attributes),
                fileSystem.faults(),
                path.toString()));
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    Path directory = unwrapPath(path);
    return run(
        FileOperation.LIST,
        path,
        () ->
            FaultyDirectoryStream.of(
                fileSystem,
                inner.newDirectoryStream(directory, entry -> filter.accept(fileSystem.wrap(entry))),
                path.toString()));
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attributes) throws IOException {
    Path directory = unwrapPath(path);
    run(FileOperation.CREATE_DIRECTORY, path, () -> inner.createDirectory(directory, attributes));
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes)
      throws IOException {
    Path entry = unwrapPath(link);
    Path to = unwrapPath(target);
    run(FileOperation.CREATE_SYMLINK, link, () -> inner.createSymbolicLink(entry, to, attributes));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    Path entry = unwrapPath(link);
    Path file = unwrapPath(existing);
    run(FileOperation.CREATE_LINK, existing, link, () -> inner.createLink(entry, file));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    Path entry = unwrapPath(link);
    return run(
        FileOperation.READ_SYMLINK, link, () -> fileSystem.wrap(inner.readSymbolicLink(entry)));
  }

  @Override
  public void delete(Path path) throws IOException {
    Path entry = unwrapPath(path);
    boolean directory = Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
    run(
        directory ? FileOperation.REMOVE_DIRECTORY : FileOperation.REMOVE,
        path,
        () -> inner.delete(entry));
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    Path from = unwrapPath(source);
    Path to = unwrapPath(target);
    run(
        FileOperation.COPY_DATA,
        source,
        target,
        () -> {
          fileSystem
              .faults()
              .takeAllSpace(Files.isRegularFile(from) ? Files.size(from) : 0, target.toString());
          inner.copy(from, to, options);
        });
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Path from = unwrapPath(source);
    Path to = unwrapPath(target);
    run(FileOperation.RENAME, source, target, () -> inner.move(from, to, options));
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    if (path.equals(other)) {
      return true;
    }
    if (other.getFileSystem() != fileSystem) {
      return false;
    }
    Path one = unwrapPath(path);
    Path two = unwrapPath(other);
    return run(FileOperation.STAT, path, () -> inner.isSameFile(one, two));
  }

  @Override
  public boolean isHidden(Path path) throws IOException {
    Path entry = unwrapPath(path);
    return run(FileOperation.STAT, path, () -> inner.isHidden(entry));
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    Path entry = unwrapPath(path);
    return run(
        FileOperation.STAT,
        path,
        () -> new FaultyFileStore(inner.getFileStore(entry), fileSystem.faults()));
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    Path entry = unwrapPath(path);
    run(FileOperation.STAT, path, () -> inner.checkAccess(entry, modes));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    V view = inner.getFileAttributeView(unwrapPath(path), type, options);
    return FaultyAttributeView.of(fileSystem.faults(), path.toString(), type, view);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    Path entry = unwrapPath(path);
    return run(FileOperation.STAT, path, () -> inner.readAttributes(entry, type, options));
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    Path entry = unwrapPath(path);
    return run(FileOperation.STAT, path, () -> inner.readAttributes(entry, attributes, options));
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    Path entry = unwrapPath(path);
    run(
        AttributeOperations.ofAttribute(attribute),
        path,
        () -> inner.setAttribute(entry, attribute, value, options));
  }
}
