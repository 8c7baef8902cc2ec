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
  private final EntryDeletion deletion;
  private final ViewTransfer transfer;

  UnionProvider(UnionFileSystem fileSystem, UnionTree tree) {
    this.fileSystem = fileSystem;
    calls = ViewCalls.of(tree);
    attributes = new AttributeAccess(calls);
    deletion = new EntryDeletion(calls);
    transfer = new ViewTransfer(calls);
  }

  ViewCalls calls() {
    return calls;
  }

  AttributeAccess attributes() {
    return attributes;
  }

  EntryDeletion deletion() {
    return deletion;
  }

  UnionPath cast(Path path) {
    UnionPath union = UnionPath.cast(path);
    if (union.getFileSystem() != fileSystem) {
      throw new ProviderMismatchException();
    }
    return union;
  }

  private static StartingPath spot(UnionPath path) {
    return new StartingPath(null, path.steps());
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
    check(uri);
    return fileSystem;
  }

  @Override
  public Path getPath(URI uri) {
    check(uri);
    return fileSystem.getPath(PathNames.unescape(uri));
  }

  private void check(URI uri) {
    if (!SCHEME.equalsIgnoreCase(uri.getScheme())
        || !Long.toString(number).equals(uri.getAuthority())) {
      throw new IllegalArgumentException("not of this file system: " + uri);
    }
  }

  URI uri(UnionPath absolute) {
    return URI.create(SCHEME + "://" + number + PathNames.escape(absolute.toString()));
  }

  Path realPath(UnionPath path, LinkOption... options) throws IOException {
    try {
      return fileSystem.getPath(
          calls.lookups().realPath(spot(path), AttributeTarget.follows(options)));
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }

  @Override
  public FileChannel newFileChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    UnionPath union = cast(path);
    return open(spot(union), options, union, attrs);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    return newFileChannel(path, options, attrs);
  }

  FileChannel open(
      StartingPath unresolved,
      Set<? extends OpenOption> options,
      UnionPath path,
      FileAttribute<?>... attrs)
      throws IOException {
    OpenFlags flags = OpenFlags.of(options);
    int mode = FileModes.created(FileModes.FILE, attrs);
    try {
      return calls.opening().open(unresolved, flags, mode, path);
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ELOOP && flags.refusesLinks()
          ? new IOException(e.getMessage() + " (NOFOLLOW_LINKS specified)")
          : JdkExceptions.of(e, path);
    } catch (IOException e) {
      throw JdkExceptions.of(e, path);
    }
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path path, DirectoryStream.Filter<? super Path> filter) throws IOException {
    UnionPath union = cast(path);
    return openDirectory(spot(union), true, union, union, Objects.requireNonNull(filter));
  }

  /** Opens a directory; the paths of its entries begin with {@code shown}. */
  UnionDirectoryStream openDirectory(
      StartingPath unresolved,
      boolean follow,
      UnionPath shown,
      UnionPath named,
      DirectoryStream.Filter<? super Path> filter)
      throws IOException {
    try {
      return calls
          .tree()
          .locked(
              () -> {
                UnionDirectory directory = calls.lookups().hold(unresolved, follow);
                UnionDirectoryStream stream =
                    new UnionDirectoryStream(this, directory, shown, filter, directory.list());
                calls
                    .tree()
                    .files()
                    .opened(stream, new OpenHandle(shown, OpenHandle.HandleKind.DIRECTORY));
                return stream;
              });
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.ENOTDIR
          ? new NotDirectoryException(named.toString())
          : JdkExceptions.of(e, named);
    } catch (IOException e) {
      throw JdkExceptions.of(e, named);
    }
  }

  void closed(UnionDirectoryStream stream, UnionDirectory directory) throws IOException {
    calls.tree().files().closed(stream);
    calls.tree().release(directory);
  }

  @FunctionalInterface
  private interface ProviderStep {
    void make() throws IOException;
  }

  private static void make(Path path, Path second, ProviderStep step) throws IOException {
    try {
      step.make();
    } catch (IOException e) {
      throw JdkExceptions.of(e, path, second);
    }
  }

  @Override
  public void createDirectory(Path path, FileAttribute<?>... attrs) throws IOException {
    StartingPath unresolved = spot(cast(path));
    int mode = FileModes.created(FileModes.DIRECTORY, attrs);
    make(path, null, () -> calls.changes().createDirectory(unresolved, mode));
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attrs)
      throws IOException {
    if (attrs.length > 0) {
      throw new UnsupportedOperationException(
          "Initial file attributes not supported when creating symbolic link");
    }
    StartingPath unresolved = spot(cast(link));
    byte[] bytes = NameText.encode(cast(target).toString());
    make(link, null, () -> calls.changes().createSymlink(unresolved, bytes));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    StartingPath unresolved = spot(cast(link));
    StartingPath old = spot(cast(existing));
    make(link, existing, () -> calls.changes().createLink(old, unresolved));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    try {
      byte[] target = calls.lookups().readSymlink(spot(cast(link)));
      return fileSystem.getPath(NameText.decode(target));
    } catch (ErrnoException e) {
      throw e.errno() == ErrorNumber.EINVAL
          ? new NotLinkException(link.toString())
          : JdkExceptions.of(e, link);
    } catch (IOException e) {
      throw JdkExceptions.of(e, link);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    deletion.any(spot(cast(path)), path);
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    transfer.copy(cast(source), cast(target), options);
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    transfer.move(cast(source), cast(target), options);
  }

  @Override
  public boolean isSameFile(Path path, Path other) throws IOException {
    UnionPath union = cast(path);
    if (union.equals(other)) {
      return true;
    }
    if (!(other instanceof UnionPath second) || second.getFileSystem() != fileSystem) {
      Objects.requireNonNull(other, "other");
      return false;
    }
    return attributes.target(union).stat().sameInode(attributes.target(second).stat());
  }

  @Override
  public boolean isHidden(Path path) {
    Path name = cast(path).getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    attributes.target(cast(path)).stat();
    return new UnionFileStore(calls.tree());
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    List<AccessMode> all = List.of(modes);
    StartingPath unresolved = spot(cast(path));
    make(
        path,
        null,
        () ->
            calls
                .lookups()
                .access(
                    unresolved, all.contains(AccessMode.WRITE), all.contains(AccessMode.EXECUTE)));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    UnionPath union = cast(path);
    return attributes.view(spot(union), AttributeTarget.follows(options), union, type);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    return attributes.read(cast(path), type, options);
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String names, LinkOption... options)
      throws IOException {
    return attributes.read(cast(path), names, options);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    attributes.set(cast(path), attribute, value, options);
  }
}
