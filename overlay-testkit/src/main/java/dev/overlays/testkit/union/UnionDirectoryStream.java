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
  private final UnionDirectory directory;
  private final UnionPath path;
  private final DirectoryStream.Filter<? super Path> filter;
  private final List<LayerEntry> entries;
  private boolean started;
  private volatile boolean closed;

  UnionDirectoryStream(
      UnionProvider provider,
      UnionDirectory directory,
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
    return new StreamEntries(entries.iterator());
  }

  /** Iterates over the entries; has no more after the stream is closed. */
  private final class StreamEntries implements Iterator<Path> {
    private final Iterator<LayerEntry> names;
    private Path next;

    StreamEntries(Iterator<LayerEntry> names) {
      this.names = names;
    }

    @Override
    public boolean hasNext() {
      while (next == null && !closed && names.hasNext()) {
        Path entry = path.resolve(path.single(names.next().name()));
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

  private StartingPath spot(UnionPath relative) {
    requireOpen();
    return new StartingPath(relative.isAbsolute() ? null : directory, relative.steps());
  }

  private void requireOpen() {
    if (closed) {
      throw new ClosedDirectoryStreamException();
    }
  }

  private UnionPath union(Path other) {
    return provider.cast(other);
  }

  @Override
  public SecureDirectoryStream<Path> newDirectoryStream(Path relative, LinkOption... options)
      throws IOException {
    UnionPath other = union(relative);
    UnionPath shown = (UnionPath) path.resolve(other);
    return provider.openDirectory(
        spot(other), AttributeTarget.follows(options), shown, other, null);
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path relative, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    UnionPath other = union(relative);
    return provider.open(spot(other), options, other, attributes);
  }

  @Override
  public void deleteFile(Path relative) throws IOException {
    UnionPath other = union(relative);
    provider.deletion().file(spot(other), other);
  }

  @Override
  public void deleteDirectory(Path relative) throws IOException {
    UnionPath other = union(relative);
    provider.deletion().directory(spot(other), other);
  }

  @Override
  public void move(Path from, SecureDirectoryStream<Path> target, Path to) throws IOException {
    if (!(target instanceof UnionDirectoryStream other) || other.provider != provider) {
      throw new ProviderMismatchException();
    }
    UnionPath source = union(from);
    UnionPath place = union(to);
    try {
      provider.calls().changes().rename(spot(source), other.spot(place));
    } catch (ErrnoException e) {
      if (e.errno() == ErrorNumber.EXDEV) {
        throw new AtomicMoveNotSupportedException(
            source.toString(), place.toString(), e.getMessage());
      }
      throw JdkExceptions.of(e, source, place);
    } catch (IOException e) {
      throw JdkExceptions.of(e, source, place);
    }
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(Class<V> type) {
    requireOpen();
    return provider.attributes().view(new StartingPath(directory, List.of()), true, path, type);
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path relative, Class<V> type, LinkOption... options) {
    UnionPath other = union(relative);
    return provider.attributes().view(spot(other), AttributeTarget.follows(options), other, type);
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    provider.closed(this, directory);
  }
}
