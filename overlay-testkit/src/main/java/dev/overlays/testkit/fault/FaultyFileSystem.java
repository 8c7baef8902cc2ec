package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.OperationFaults;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Wraps a file system, and runs its operations through {@link OperationFaults}, which counts and
 * records them and makes them fail:
 *
 * <pre>{@code
 * FaultyFileSystem files = FaultyFileSystem.over(Jimfs.newFileSystem());
 * files.faults().failAt(3, FaultKind.NO_SPACE);
 * Path work = files.getPath("/work");   // or files.wrap(path)
 * ...
 * files.faults().assertAllClosed();     // shows where each open handle was opened
 * }</pre>
 *
 * <p>Its paths behave like those of the wrapped file system, and everything is passed on: channels,
 * directory streams (secure ones, too), attribute views, watch services. Each call of the provider
 * by {@code java.nio.file.Files} is one operation; reads and writes of a memory map are not seen.
 * The provider is not installed: {@code Path.of(URI)} does not find it, and {@code Path.toFile()}
 * is not supported. Thread-safe.
 */
public final class FaultyFileSystem extends FileSystem {
  private final FileSystem inner;
  private final OperationFaults faults = new OperationFaults();
  private final FaultyProvider provider;
  private volatile boolean open = true;

  private FaultyFileSystem(FileSystem inner) {
    this.inner = inner;
    provider = new FaultyProvider(this, inner.provider());
  }

  /**
   * Wraps a file system. Every operation works until {@link #faults} makes it fail.
   *
   * @param fileSystem the file system to wrap, of any provider
   * @return a new file system
   */
  public static FaultyFileSystem over(FileSystem fileSystem) {
    return new FaultyFileSystem(fileSystem);
  }

  /**
   * Returns what decides which operations fail, and records them.
   *
   * @return the same object each time
   */
  public OperationFaults faults() {
    return faults;
  }

  /**
   * Returns the path of this file system for a path of the wrapped one.
   *
   * @param path a path of the wrapped file system
   * @return a path of this file system
   */
  public Path wrap(Path path) {
    return new FaultyPath(this, path);
  }

  /**
   * Returns the path of the wrapped file system for a path of this one. Operations on it are not
   * seen.
   *
   * @param path a path of this file system
   * @return a path of the wrapped file system
   * @throws ProviderMismatchException if it is not a path of this file system
   */
  public Path unwrap(Path path) {
    if (path instanceof FaultyPath faulty && faulty.getFileSystem() == this) {
      return faulty.wrappedPath();
    }
    throw new ProviderMismatchException("not a path of this file system: " + path);
  }

  FileSystem wrappedFileSystem() {
    return inner;
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  /** Closes this file system only; the wrapped one stays open. */
  @Override
  public void close() {
    open = false;
  }

  @Override
  public boolean isOpen() {
    return open && inner.isOpen();
  }

  @Override
  public boolean isReadOnly() {
    return inner.isReadOnly();
  }

  @Override
  public String getSeparator() {
    return inner.getSeparator();
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    List<Path> roots = new ArrayList<>();
    inner.getRootDirectories().forEach(root -> roots.add(wrap(root)));
    return roots;
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    List<FileStore> stores = new ArrayList<>();
    inner.getFileStores().forEach(store -> stores.add(new FaultyFileStore(store, faults)));
    return stores;
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return inner.supportedFileAttributeViews();
  }

  @Override
  public Path getPath(String first, String... more) {
    return wrap(inner.getPath(first, more));
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    PathMatcher matcher = inner.getPathMatcher(syntaxAndPattern);
    return path -> matcher.matches(unwrap(path));
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return inner.getUserPrincipalLookupService();
  }

  @Override
  public WatchService newWatchService() throws IOException {
    return new FaultyWatchService(this, inner.newWatchService());
  }
}
