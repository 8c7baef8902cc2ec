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
 * The view of some layers as a file system. What it does and refuses is what the JDK does on an
 * overlay mounted over the same layers by root; whether the layers let that happen is for their
 * store to say. Thread-safe.
 *
 * <p>A path is absolute, or starts at the root all the same. Bytes of names that are not UTF-8 are
 * the lone surrogates U+DC80 to U+DCFF in text. Owners are numbers in decimal; {@code root} is 0.
 */
public final class UnionFileSystem extends FileSystem {
  private final UnionTree tree;
  private final UnionProvider provider;

  UnionFileSystem(OpenLayers layers) throws IOException {
    tree = new UnionTree(layers);
    provider = new UnionProvider(this, tree);
  }

  /**
   * Returns what is open in it: channels, streams and directory streams. They would keep a mount
   * busy.
   *
   * @return a copy, in no particular order
   */
  public List<OpenHandle> openHandles() {
    return tree.files().list();
  }

  @Override
  public FileSystemProvider provider() {
    return provider;
  }

  UnionProvider union() {
    return provider;
  }

  /**
   * Closes it with everything that is open in it. From then on whatever needs it throws {@link
   * java.nio.file.ClosedFileSystemException}.
   *
   * @throws IOException if a layer cannot be closed; all is closed then, too
   */
  @Override
  public void close() throws IOException {
    tree.close();
  }

  /**
   * Closes it if nothing is open in it.
   *
   * @return whether it is closed now
   * @throws IOException if a layer cannot be closed; all is closed then, too
   */
  public boolean closeIfIdle() throws IOException {
    return tree.closeIfIdle();
  }

  /**
   * Waits until nothing is open in it.
   *
   * @param patience how long at most
   * @return whether nothing is open now
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public boolean waitUntilIdle(Duration patience) throws InterruptedException {
    return tree.files().waitForNone(patience);
  }

  /**
   * Closes it for all but what is open in it, as a lazy unmount does: channels go on, and the
   * layers are closed after the last of them. Does nothing if it is closed.
   *
   * @param after closed then
   * @throws IOException if nothing is open, and a layer or what comes after cannot be closed
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
   * Makes it read-only, or writable again.
   *
   * @param readOnly whether nothing may be written from now on
   * @return false if it stays as it is: something is open for writing, or there is no upper to
   *     write to
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
    return AttributeNames.VIEWS;
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
