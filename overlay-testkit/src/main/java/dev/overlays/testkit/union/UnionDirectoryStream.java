package dev.overlays.testkit.union;

import dev.overlays.layer.LayerEntry;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/** An open directory. It stays the same directory when its path leads elsewhere later. */
final class UnionDirectoryStream implements SecureDirectoryStream<Path> {
  private final UnionProvider provider;
  private final ViewDirectory directory;
  private final UnionPath path;
  private final DirectoryStream.Filter<? super Path> filter;
  private final List<LayerEntry> entries;
  private boolean started;
  private volatile boolean closed;

  UnionDirectoryStream(
      UnionProvider provider,
      ViewDirectory directory,
      UnionPath path,
      DirectoryStream.Filter<? super Path> filter,
      List<LayerEntry> entries) {
    this.provider = provider;
    this.directory = directory;
    this.path = path;
    this.filter = filter;
    this.entries = entries;
  }

  @Override
  public synchronized Iterator<Path> iterator() {
    if (closed) {
      throw new IllegalStateException("Directory stream is closed");
    }
    if (started) {
      throw new IllegalStateException("Iterator already obtained");
    }
    started = true;
    return new EntryIterator(entries.iterator());
  }

  /** Iterates over the entries; has no more after the stream is closed. */
  private final class EntryIterator implements Iterator<Path> {
    private final Iterator<LayerEntry> names;
    private Path next;

    EntryIterator(Iterator<LayerEntry> names) {
      this.names = names;
    }

    @Override
    public boolean hasNext() {
      while (next == null && !closed && names.hasNext()) {
        Path entry = path.resolveName(names.next().name());
        try {
          next = filter == null || filter.accept(entry) ? entry : null;
        } catch (IOException e) {
          throw new DirectoryIteratorException(e);
        }
      }
      return next != null;
    }

    @Override
    public Path next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Path result = next;
      next = null;
      return result;
    }
  }

  private UnresolvedPath unresolvedPath(UnionPath relative) {
    requireOpen();
    return new UnresolvedPath(relative.isAbsolute() ? null : directory, relative.nameBytes());
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedDirectoryStreamException();
    }
  }

  private UnionPath requireOwn(Path other) {
    return provider.requireOwn(other);
  }

  @Override
  public SecureDirectoryStream<Path> newDirectoryStream(Path relative, LinkOption... options)
      throws IOException {
    UnionPath other = requireOwn(relative);
    UnionPath shown = (UnionPath) path.resolve(other);
    return provider.openDirectory(
        unresolvedPath(other), AttributeTarget.followsLinks(options), shown, other, null);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path relative, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    UnionPath other = requireOwn(relative);
    return provider.openFile(unresolvedPath(other), options, other, attributes);
  }

  @Override
  public void deleteFile(Path relative) throws IOException {
    UnionPath other = requireOwn(relative);
    provider.pathDeleter().deleteFile(unresolvedPath(other), other);
  }

  @Override
  public void deleteDirectory(Path relative) throws IOException {
    UnionPath other = requireOwn(relative);
    provider.pathDeleter().deleteDirectory(unresolvedPath(other), other);
  }

  @Override
  public void move(Path from, SecureDirectoryStream<Path> target, Path to) throws IOException {
    if (!(target instanceof UnionDirectoryStream other) || other.provider != provider) {
      throw new ProviderMismatchException();
    }
    UnionPath source = requireOwn(from);
    UnionPath place = requireOwn(to);
    try {
      provider.viewCalls().changes().rename(unresolvedPath(source), other.unresolvedPath(place));
    } catch (ErrnoException e) {
      if (e.errno() == ErrorNumber.EXDEV) {
        throw new AtomicMoveNotSupportedException(
            source.toString(), place.toString(), e.getMessage());
      }
      throw JdkExceptions.translateFailure(e, source, place);
    } catch (IOException e) {
      throw JdkExceptions.translateFailure(e, source, place);
    }
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(Class<V> type) {
    requireOpen();
    return provider
        .attributeAccess()
        .viewOf(new UnresolvedPath(directory, List.of()), true, path, type);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path relative, Class<V> type, LinkOption... options) {
    UnionPath other = requireOwn(relative);
    return provider
        .attributeAccess()
        .viewOf(unresolvedPath(other), AttributeTarget.followsLinks(options), other, type);
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    provider.streamClosed(this, directory);
  }
}
