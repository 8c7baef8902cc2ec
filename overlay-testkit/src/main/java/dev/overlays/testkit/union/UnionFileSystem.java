package dev.overlays.testkit.union;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * The view of layers as a file system. It accepts and refuses the same operations, with the same
 * exceptions, as the JDK on an overlay that root has mounted over the same layers; the store of the
 * layers decides whether they permit a change. Thread-safe.
 *
 * <p>Relative paths start at the root. Bytes of names that are not UTF-8 appear in text as the lone
 * surrogates U+DC80 to U+DCFF. Owners are decimal numbers; {@code root} is 0.
 */
public final class UnionFileSystem extends FileSystem {
  private final UnionTree tree;
  private final UnionProvider provider;

  UnionFileSystem(UnionLayers layers) throws IOException {
    tree = new UnionTree(layers);
    provider = new UnionProvider(this, tree);
  }

  /**
   * Returns the open channels, streams and directory streams. On a mount they would keep it busy.
   *
   * @return a copy, in no particular order
   */
  public List<OpenHandle> openHandles() {
    return tree.handleRegistry().listHandles();
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  UnionProvider unionProvider() {
    return provider;
  }

  /**
   * Closes the file system and everything that is open in it. Later uses throw {@link
   * java.nio.file.ClosedFileSystemException}.
   *
   * @throws IOException if a layer cannot be closed; all is closed then, too
   */
  @Override
  public void close() throws IOException {
    tree.close();
  }

  /**
   * Closes the file system if nothing is open in it.
   *
   * @return whether the file system is closed
   * @throws IOException if a layer cannot be closed; all is closed then, too
   */
  public boolean closeIfIdle() throws IOException {
    return tree.closeIfIdle();
  }

  /**
   * Waits until nothing is open in the file system.
   *
   * @param patience the longest time to wait
   * @return whether nothing is open now
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  public boolean waitUntilIdle(Duration patience) throws InterruptedException {
    return tree.handleRegistry().waitForNone(patience);
  }

  /**
   * Closes the file system except for what is open in it, as a lazy unmount does: open channels
   * keep working, and the layers are closed after the last of them. Does nothing if the file system
   * is already closed.
   *
   * @param after closed after the layers
   * @throws IOException if nothing is open, and a layer or {@code after} cannot be closed
   */
  public void closeWhenIdle(Closeable after) throws IOException {
    tree.closeWhenIdle(after);
  }

  @Override
  public boolean isOpen() {
    return tree.isOpen();
  }

  @Override
  public boolean isReadOnly() {
    return tree.isReadOnly();
  }

  /**
   * Makes the file system read-only, or writable again.
   *
   * @param readOnly whether writes are refused from now on
   * @return false if nothing was changed, because a file is open for writing or there is no upper
   */
  public boolean remount(boolean readOnly) {
    return tree.remount(readOnly);
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    tree.requireOpen();
    return List.of(getPath("/"));
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    tree.requireOpen();
    return List.of(new UnionFileStore(tree));
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return AttributeNames.VIEW_NAMES;
  }

  @Override
  public Path getPath(String first, String... more) {
    StringBuilder path = new StringBuilder(first);
    for (String part : more) {
      if (!part.isEmpty()) {
        path.append(path.length() > 0 ? "/" : "").append(part);
      }
    }
    return UnionPath.of(this, path.toString());
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    return PathPattern.of(syntaxAndPattern);
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return new NumericPrincipals();
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("a union file system has no watch service");
  }
}
