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
 * Another file system whose operations are counted, seen, kept, and made to fail, as {@link
 * OperationFaults} are told:
 *
 * <pre>{@code
 * FaultyFileSystem files = FaultyFileSystem.over(Jimfs.newFileSystem());
 * files.faults().failAt(3, FaultKind.NO_SPACE);
 * Path work = files.getPath("/work");   // or files.wrap(path)
 * ...
 * files.faults().assertAllClosed();     // or tells where each open channel was opened
 * }</pre>
 *
 * <p>Its paths behave as those of the other one, and everything is passed on: channels, streams of
 * directories (secure ones, too), attribute views, watch services. What goes through {@code
 * java.nio.file.Files} is an operation of its own for each call of the provider; the bytes of a
 * memory map are not seen. It is not an installed provider: {@code Path.of(URI)} does not find it,
 * and {@code Path.toFile()} is not supported. Thread-safe.
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
   * Makes a file system that does what another does, until told to fail.
   *
   * @param fileSystem the other one, of any provider
   * @return a new file system
   */
  public static FaultyFileSystem over(FileSystem fileSystem) {
    return new FaultyFileSystem(fileSystem);
  }

  /**
   * Returns what decides over the operations, and keeps them.
   *
   * @return the same each time
   */
  public OperationFaults faults() {
    return faults;
  }

  /**
   * Returns the path here that stands for one of the other file system.
   *
   * @param path one of the other file system
   * @return a path of this one
   */
  public Path wrap(Path path) {
    return new FaultyPath(this, path);
  }

  /**
   * Returns the path of the other file system that one stands for, to look at it unseen.
   *
   * @param path one of this file system
   * @return a path of the other one
   * @throws ProviderMismatchException if it is not a path of this one
   */
  public Path unwrap(Path path) {
    if (path instanceof FaultyPath faulty && faulty.getFileSystem() == this) {
      return faulty.inner();
    }
    throw new ProviderMismatchException("not a path of this file system: " + path);
  }

  FileSystem inner() {
    return inner;
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  /** Closes this file system only; the other one stays as it is. */
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
