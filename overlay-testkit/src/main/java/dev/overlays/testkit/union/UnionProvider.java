package dev.overlays.testkit.union;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** The provider of one union file system; it is not installed in the JVM. */
final class UnionProvider extends FileSystemProvider {
  private static final String SCHEME = "overlay";
  private static final AtomicLong LAST = new AtomicLong();

  private final long number = LAST.incrementAndGet();
  private final UnionFileSystem fileSystem;
  private final ViewCalls calls;
  private final AttributeAccess attributes;
  private final PathDeleter deleter;
  private final PathTransfer transfer;

  UnionProvider(UnionFileSystem fileSystem, UnionTree tree) {
    this.fileSystem = fileSystem;
    calls = ViewCalls.of(tree);
    attributes = new AttributeAccess(calls);
    deleter = new PathDeleter(calls);
    transfer = new PathTransfer(calls);
  }

  ViewCalls viewCalls() {
    return calls;
  }

  AttributeAccess attributeAccess() {
    return attributes;
  }

  PathDeleter pathDeleter() {
    return deleter;
  }

  UnionPath requireOwn(Path path) {
    UnionPath union = UnionPath.requireUnion(path);
    if (union.getFileSystem() != fileSystem) {
      throw new ProviderMismatchException();
    }
    return union;
  }

  private static UnresolvedPath unresolvedPath(UnionPath path) {
    return new UnresolvedPath(null, path.nameBytes());
  }

  @Override
  public String getScheme() {
    return SCHEME;
  }

  @Override
  public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
    throw new UnsupportedOperationException("opened by UnionFileSystems");
  }

  @Override
  public FileSystem getFileSystem(URI uri) {
    requireOwnUri(uri);
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    requireOwnUri(uri);
    return fileSystem.getPath(PathSyntax.fromUriPath(uri));
  }

  private void requireOwnUri(URI uri) {
    if (!SCHEME.equalsIgnoreCase(uri.getScheme())
        || !Long.toString(number).equals(uri.getAuthority())) {
      throw new IllegalArgumentException("not of this file system: " + uri);
    }
  }

  URI uriOf(UnionPath absolute) {
    return URI.create(SCHEME + "://" + number + PathSyntax.toUriPath(absolute.toString()));
  }

  Path realPath(UnionPath path, LinkOption... options) throws IOException {
    try {
      return fileSystem.getPath(
          calls.queries().realPath(unresolvedPath(path), AttributeTarget.followsLinks(options)));
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path);
    }
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    UnionPath union = requireOwn(path);
    return openFile(unresolvedPath(union), options, union, attrs);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    return newFileChannel(path, options, attrs);
  }

  FileChannel openFile(
      UnresolvedPath unresolved,
      Set<? extends OpenOption> options,
      UnionPath path,
      FileAttribute<?>... attrs)
      throws IOException {
    OpenChoices flags = OpenChoices.of(options);
    int mode = FileModes.modeOfNew(FileModes.FILE, attrs);
    try {
      return calls.opener().open(unresolved, flags, mode, path);
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ELOOP && flags.refusesLastLink()
          ? new IOException(e.getMessage() + " (NOFOLLOW_LINKS specified)")
          : JdkExceptions.translateFailure(e, path);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path);
    }
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    UnionPath union = requireOwn(path);
    return openDirectory(unresolvedPath(union), true, union, union, Objects.requireNonNull(filter));
  }

  /** Opens a directory; the paths of its entries begin with {@code shown}. */
  UnionDirectoryStream openDirectory(
      UnresolvedPath unresolved,
      boolean follow,
      UnionPath shown,
      UnionPath named,
      DirectoryStream.Filter<? super Path> filter)
      throws IOException {
    try {
      return calls
          .tree()
          .runLocked(
              () -> {
                ViewDirectory directory = calls.queries().holdDirectory(unresolved, follow);
                UnionDirectoryStream stream =
                    new UnionDirectoryStream(
                        this, directory, shown, filter, directory.listEntries());
                calls
                    .tree()
                    .handleRegistry()
                    .handleOpened(stream, new OpenHandle(shown, OpenHandle.HandleKind.DIRECTORY));
                return stream;
              });
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ENOTDIR
          ? new NotDirectoryException(named.toString())
          : JdkExceptions.translateFailure(e, named);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, named);
    }
  }

  void streamClosed(UnionDirectoryStream stream, ViewDirectory directory) throws IOException {
    calls.tree().handleRegistry().handleClosed(stream);
    calls.tree().releaseDirectory(directory);
  }

  @FunctionalInterface
  private interface FailingStep {
    void runStep() throws IOException;
  }

  private static void translateFailures(Path path, Path second, FailingStep step)
      throws IOException {
    try {
      step.runStep();
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, path, second);
    }
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attrs) throws IOException {
    UnresolvedPath unresolved = unresolvedPath(requireOwn(path));
    int mode = FileModes.modeOfNew(FileModes.DIRECTORY, attrs);
    translateFailures(path, null, () -> calls.changes().createDirectory(unresolved, mode));
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attrs)
      throws IOException {
    if (attrs.length > 0) {
      throw new UnsupportedOperationException(
          "Initial file attributes not supported when creating symbolic link");
    }
    UnresolvedPath unresolved = unresolvedPath(requireOwn(link));
    byte[] bytes = NameText.encode(requireOwn(target).toString());
    translateFailures(link, null, () -> calls.changes().createSymlink(unresolved, bytes));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    UnresolvedPath unresolved = unresolvedPath(requireOwn(link));
    UnresolvedPath old = unresolvedPath(requireOwn(existing));
    translateFailures(link, existing, () -> calls.changes().createLink(old, unresolved));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    try {
      byte[] target = calls.queries().readSymlink(unresolvedPath(requireOwn(link)));
      return fileSystem.getPath(NameText.decode(target));
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.EINVAL
          ? new NotLinkException(link.toString())
          : JdkExceptions.translateFailure(e, link);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, link);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    deleter.deleteEntry(unresolvedPath(requireOwn(path)), path);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    transfer.copy(requireOwn(source), requireOwn(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    transfer.move(requireOwn(source), requireOwn(target), options);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    UnionPath union = requireOwn(path);
    if (union.equals(other)) {
      return true;
    }
    if (!(other instanceof UnionPath second) || second.getFileSystem() != fileSystem) {
      Objects.requireNonNull(other, "other");
      return false;
    }
    return attributes.targetOf(union).stat().sameInode(attributes.targetOf(second).stat());
  }

  @Override
  public boolean isHidden(Path path) {
    Path name = requireOwn(path).getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    attributes.targetOf(requireOwn(path)).stat();
    return new UnionFileStore(calls.tree());
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    List<AccessMode> all = List.of(modes);
    UnresolvedPath unresolved = unresolvedPath(requireOwn(path));
    translateFailures(
        path,
        null,
        () ->
            calls
                .queries()
                .checkAccess(
                    unresolved, all.contains(AccessMode.WRITE), all.contains(AccessMode.EXECUTE)));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    UnionPath union = requireOwn(path);
    return attributes.viewOf(
        unresolvedPath(union), AttributeTarget.followsLinks(options), union, type);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return attributes.readAttributes(requireOwn(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return attributes.readAttributes(requireOwn(path), names, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    attributes.setAttribute(requireOwn(path), attribute, value, options);
  }
}
