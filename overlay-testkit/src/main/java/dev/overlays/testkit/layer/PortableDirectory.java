package dev.overlays.testkit.layer;

import dev.overlays.layer.ClosedHandleException;
import dev.overlays.layer.EntryCursor;
import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntry;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A directory of a layer, held by its path. */
final class PortableDirectory implements LayerDirectory {
  private static final int FILE_MODE = 0600;
  private static final int DIRECTORY_MODE = 0700;
  private static final Set<OpenOption> FOR_CREATION =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  private static final Set<OpenOption> FOR_READING =
      Set.of(LinkOption.NOFOLLOW_LINKS, StandardOpenOption.READ);
  private static final Set<OpenOption> FOR_WRITING =
      Set.of(LinkOption.NOFOLLOW_LINKS, StandardOpenOption.READ, StandardOpenOption.WRITE);

  private final Path path;
  private final EntryAttributes attributes;
  private final EntryPaths paths;
  private final PortableXattrs xattrs;
  private DirectoryStream<Path> listing;
  private volatile boolean closed;

  PortableDirectory(Path path, EntryAttributes attributes) throws IOException {
    this.path = path;
    this.attributes = attributes;
    paths = new EntryPaths(path);
    xattrs = new PortableXattrs(attributes);
    if (requireType(path) != EntryType.DIRECTORY) {
      throw new NotDirectoryException(path.toString());
    }
  }

  private Path requireOpen() throws ClosedHandleException {
    if (closed) {
      throw new ClosedHandleException(toString());
    }
    return path;
  }

  private Path resolveName(Name name) throws ClosedHandleException {
    requireOpen();
    return name.equals(Name.SELF) ? path : paths.pathOf(name);
  }

  /**
   * Returns the path of an entry in the directory; the directory itself cannot be moved or removed.
   */
  private Path resolveEntry(Name name) throws FileSystemException {
    if (name.equals(Name.SELF)) {
      throw new FileSystemException(
          requireOpen().toString(), null, "names no entry of the directory");
    }
    return resolveName(name);
  }

  @Override
  @SuppressWarnings("StreamResourceLeak") // The next listing or close() closes it.
  public synchronized EntryCursor entries() throws IOException {
    endListing();
    listing = Files.newDirectoryStream(requireOpen());
    Iterator<Path> listed = listing.iterator();
    return () -> nextEntry(listed);
  }

  private LayerEntry nextEntry(Iterator<Path> listed) throws IOException {
    requireOpen();
    try {
      while (listed.hasNext()) {
        Path entry = listed.next();
        Name name = Name.of(ProviderPaths.bytesOf(entry.getFileName()));
        paths.addPath(name, entry);
        try {
          StoredEntry stored = attributes.readEntry(entry);
          return new LayerEntry(name, stored.type(), stored.inode());
        } catch (NoSuchFileException e) {
          // It has been removed meanwhile.
        }
      }
      // A stream that is closed meanwhile may end without an exception.
      requireOpen();
      return null;
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (ClosedDirectoryStreamException e) {
      // Another listing was started, or the directory was closed.
      requireOpen();
      return null;
    }
  }

  @Override
  public Optional<EntryStat> stat(Name name) throws IOException {
    Path entry = resolveName(name);
    try {
      return Optional.of(requireStat(entry));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private EntryType requireType(Path entry) throws IOException {
    return attributes.readEntry(entry).type();
  }

  private EntryStat requireStat(Path entry) throws IOException {
    return attributes.readEntry(entry).stat();
  }

  @Override
  public LayerDirectory open(Name name) throws IOException {
    return new PortableDirectory(resolveName(name), attributes);
  }

  @Override
  public void createDirectory(Name name) throws IOException {
    Path entry = resolveName(name);
    Files.createDirectory(entry, attributes.creationAttributes(DIRECTORY_MODE));
    attributes.afterCreation(entry, DIRECTORY_MODE);
  }

  @Override
  public OutputStream createFile(Name name) throws IOException {
    return Channels.newOutputStream(openCreated(name, FILE_MODE));
  }

  @Override
  public void createFile(Name name, int mode) throws IOException {
    if (attributes.createsAnyMode()) {
      openCreated(name, mode).close();
    } else {
      LayerDirectory.super.createFile(name, mode);
    }
  }

  private SeekableByteChannel openCreated(Name name, int mode) throws IOException {
    Path entry = resolveName(name);
    SeekableByteChannel channel =
        Files.newByteChannel(entry, FOR_CREATION, attributes.creationAttributes(mode));
    attributes.afterCreation(entry, mode);
    return channel;
  }

  @Override
  public void createSymlink(Name name, byte[] target) throws IOException {
    Path entry = resolveName(name);
    Files.createSymbolicLink(entry, ProviderPaths.pathOf(path.getFileSystem(), target));
    attributes.afterLinking(entry, target);
  }

  @Override
  public void createNode(Name name, EntryType type, int deviceMajor, int deviceMinor)
      throws IOException {
    switch (type) {
      case CHARACTER_DEVICE, BLOCK_DEVICE, FIFO, SOCKET -> {
        createFile(name).close();
        EmulatedNodes.markNode(resolveName(name), type, deviceMajor, deviceMinor);
      }
      default -> throw new IllegalArgumentException("not a kind of node: " + type);
    }
  }

  @Override
  public void createWhiteout(Name name) throws IOException {
    createFile(name).close();
    EmulatedNodes.markWhiteout(resolveName(name));
  }

  @Override
  public void createLink(Name name, LayerDirectory target, Name newName) throws IOException {
    Path entry = resolveEntry(name);
    Path link = requirePortable(target).resolveName(newName);
    EntryStat stat = requireStat(entry);
    if (stat.isDirectory()) {
      throw new FileSystemException(entry.toString(), link.toString(), "is a directory");
    }
    if (stat.type() == EntryType.SYMLINK && path.getFileSystem() != FileSystems.getDefault()) {
      // jimfs follows the link, and would give the new name to its target.
      throw new FileSystemException(entry.toString(), link.toString(), "is a symbolic link");
    }
    Files.createLink(link, entry);
  }

  @Override
  public void rename(Name name, LayerDirectory target, Name newName) throws IOException {
    Path entry = resolveEntry(name);
    PortableDirectory directory = requirePortable(target);
    Path to = directory.resolveEntry(newName);
    StoredEntry source = attributes.readEntry(entry);
    if (!attributes.renameToFree(entry, to)) {
      PosixRenames.renameEntry(entry, source.stat(), to, directory.stat(newName));
    }
  }

  private PortableDirectory requirePortable(LayerDirectory target) throws FileSystemException {
    if (target instanceof PortableDirectory directory) {
      return directory;
    }
    throw new FileSystemException(path.toString(), target.toString(), "of another layer store");
  }

  @Override
  public void remove(Name name) throws IOException {
    Path entry = resolveEntry(name);
    if (requireType(entry) == EntryType.DIRECTORY) {
      throw new FileSystemException(entry.toString(), null, "is a directory");
    }
    Files.delete(entry);
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    Path entry = resolveEntry(name);
    if (requireType(entry) != EntryType.DIRECTORY) {
      throw new NotDirectoryException(entry.toString());
    }
    Files.delete(entry);
  }

  @Override
  public InputStream readFile(Name name) throws IOException {
    return Files.newInputStream(requireFile(name), LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public FileChannel openFile(Name name, boolean writable) throws IOException {
    return FileChannel.open(requireFile(name), writable ? FOR_WRITING : FOR_READING);
  }

  private Path requireFile(Name name) throws IOException {
    Path entry = resolveName(name);
    if (requireType(entry) != EntryType.FILE) {
      throw new FileSystemException(entry.toString(), null, "is not a regular file");
    }
    return entry;
  }

  @Override
  public void copyData(Name name, LayerDirectory target, Name newName) throws IOException {
    requireOpen();
    Path file = requirePortable(target).requireFile(newName);
    EntryStat before = requireStat(file);
    try (InputStream in = readFile(name);
        OutputStream out =
            Files.newOutputStream(
                file,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING,
                LinkOption.NOFOLLOW_LINKS)) {
      in.transferTo(out);
    }
    requirePortable(target).setTimes(newName, before.accessed(), before.modified());
  }

  @Override
  public byte[] readSymlink(Name name) throws IOException {
    Path entry = resolveName(name);
    if (requireType(entry) != EntryType.SYMLINK) {
      throw new NotLinkException(entry.toString());
    }
    return attributes.readTarget(entry);
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    return xattrs.listShown(resolveName(name));
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    return xattrs.readShown(resolveName(name), xattr);
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    xattrs.writeShown(resolveName(name), xattr, value);
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    xattrs.removeShown(resolveName(name), xattr);
  }

  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    attributes.setOwner(resolveName(name), owner, group);
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    attributes.setMode(resolveName(name), mode);
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    attributes.setTimes(resolveName(name), FileTime.from(accessed), FileTime.from(modified));
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    Path entry = resolveName(name);
    EntryType type = requireType(entry);
    if (type != EntryType.FILE && type != EntryType.DIRECTORY) {
      throw new FileSystemException(entry.toString(), null, "is no file or directory");
    }
    attributes.setProtection(entry, immutable, appendOnly);
  }

  @Override
  public void syncFile(Name name) throws IOException {
    requireType(resolveName(name));
  }

  @Override
  public void syncFileSystem() throws IOException {
    requireOpen();
  }

  @Override
  public long freeSpace() throws IOException {
    return Files.getFileStore(requireOpen()).getUsableSpace();
  }

  @Override
  public Optional<byte[]> fileHandle(Name name) throws IOException {
    requireType(resolveName(name));
    return Optional.empty();
  }

  /** Where the file system has no birth time, its provider returns the time of the last change. */
  @Override
  public Optional<Instant> birthTime(Name name) throws IOException {
    BasicFileAttributes basic =
        Files.readAttributes(
            resolveName(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    return Optional.of(basic.creationTime().toInstant());
  }

  @Override
  public void close() throws IOException {
    closed = true;
    endListing();
  }

  private synchronized void endListing() throws IOException {
    if (listing != null) {
      listing.close();
      listing = null;
    }
  }

  /** Returns the bytes of the path decoded as UTF-8, as all stores do. */
  @Override
  public String toString() {
    return new String(ProviderPaths.bytesOf(path), StandardCharsets.UTF_8);
  }
}
