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
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A directory of a layer, held by its path. */
final class PortableDirectory implements LayerDirectory {
  private static final int FILE_MODE = 0600;
  private static final int DIRECTORY_MODE = 0700;

  private final Path path;
  private final EntryAttributes attributes;
  private DirectoryStream<Path> listing;
  private volatile boolean closed;

  PortableDirectory(Path path, EntryAttributes attributes) throws IOException {
    this.path = path;
    this.attributes = attributes;
    if (!attributes.stat(path).isDirectory()) {
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
    return name.equals(Name.SELF)
        ? path
        : path.resolve(ProviderPaths.pathOf(path.getFileSystem(), name.toBytes()));
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
    Iterator<Path> paths = listing.iterator();
    return () -> nextEntry(paths);
  }

  private LayerEntry nextEntry(Iterator<Path> paths) throws IOException {
    requireOpen();
    try {
      while (paths.hasNext()) {
        Name name = Name.of(ProviderPaths.bytesOf(paths.next().getFileName()));
        Optional<EntryStat> stat = stat(name);
        if (stat.isPresent()) {
          return new LayerEntry(name, stat.get().type(), stat.get().inode());
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
      return Optional.of(EmulatedNodes.shownStat(entry, attributes.stat(entry)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private EntryStat requireStat(Path entry) throws IOException {
    return EmulatedNodes.shownStat(entry, attributes.stat(entry));
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
    Path entry = resolveName(name);
    OutputStream stream =
        Channels.newOutputStream(
            Files.newByteChannel(
                entry,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                attributes.creationAttributes(FILE_MODE)));
    attributes.afterCreation(entry, FILE_MODE);
    return stream;
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
    PosixRenames.renameEntry(entry, requireStat(entry), to, directory.stat(newName));
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
    if (requireStat(entry).isDirectory()) {
      throw new FileSystemException(entry.toString(), null, "is a directory");
    }
    Files.delete(entry);
  }

  @Override
  public void removeDirectory(Name name) throws IOException {
    Path entry = resolveEntry(name);
    if (!requireStat(entry).isDirectory()) {
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
    Set<OpenOption> options = new HashSet<>();
    options.add(LinkOption.NOFOLLOW_LINKS);
    options.add(StandardOpenOption.READ);
    if (writable) {
      options.add(StandardOpenOption.WRITE);
    }
    return FileChannel.open(requireFile(name), options);
  }

  private Path requireFile(Name name) throws IOException {
    Path entry = resolveName(name);
    if (requireStat(entry).type() != EntryType.FILE) {
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
    if (requireStat(entry).type() != EntryType.SYMLINK) {
      throw new NotLinkException(entry.toString());
    }
    return attributes.readTarget(entry);
  }

  @Override
  public List<String> xattrs(Name name) throws IOException {
    Path entry = resolveName(name);
    List<String> names = new ArrayList<>();
    EntryType type = requireStat(entry).type();
    for (String kept :
        attributes.supportsXattrs(type) ? UserXattrs.listXattrs(entry) : Set.<String>of()) {
      attributes.shownXattrName(kept).filter(xattr -> mayHave(type, xattr)).ifPresent(names::add);
    }
    return names;
  }

  @Override
  public Optional<byte[]> xattr(Name name, String xattr) throws IOException {
    Path entry = resolveName(name);
    Optional<String> kept = storedXattrName(entry, xattr);
    return kept.isPresent() ? UserXattrs.readXattr(entry, kept.get()) : Optional.empty();
  }

  @Override
  public void setXattr(Name name, String xattr, byte[] value) throws IOException {
    Path entry = resolveName(name);
    Optional<String> kept = storedXattrName(entry, xattr);
    if (kept.isEmpty()) {
      throw new FileSystemException(entry.toString(), null, "cannot have the attribute " + xattr);
    }
    UserXattrs.writeXattr(entry, kept.get(), value);
  }

  @Override
  public void removeXattr(Name name, String xattr) throws IOException {
    Path entry = resolveName(name);
    Optional<String> kept = storedXattrName(entry, xattr);
    if (kept.isPresent()) {
      UserXattrs.removeXattr(entry, kept.get());
    }
  }

  private Optional<String> storedXattrName(Path entry, String xattr) throws IOException {
    EntryType type = requireStat(entry).type();
    return attributes.supportsXattrs(type) && mayHave(type, xattr)
        ? attributes.storedXattrName(xattr)
        : Optional.empty();
  }

  /** As in the kernel, only files and directories can have user attributes; source: xattr(7). */
  private static boolean mayHave(EntryType type, String xattr) {
    return type == EntryType.FILE
        || type == EntryType.DIRECTORY
        || !xattr.startsWith(UserXattrs.PREFIX);
  }

  @Override
  public void setOwner(Name name, int owner, int group) throws IOException {
    attributes.setOwner(resolveName(name), owner, group);
  }

  @Override
  public void setMode(Name name, int mode) throws IOException {
    Path entry = resolveName(name);
    if (requireStat(entry).type() == EntryType.SYMLINK) {
      throw new FileSystemException(entry.toString(), null, "is a symbolic link");
    }
    attributes.setMode(entry, mode);
  }

  @Override
  public void setTimes(Name name, Instant accessed, Instant modified) throws IOException {
    attributes.setTimes(resolveName(name), FileTime.from(accessed), FileTime.from(modified));
  }

  @Override
  public void setProtection(Name name, boolean immutable, boolean appendOnly) throws IOException {
    Path entry = resolveName(name);
    EntryType type = requireStat(entry).type();
    if (type != EntryType.FILE && type != EntryType.DIRECTORY) {
      throw new FileSystemException(entry.toString(), null, "is no file or directory");
    }
    attributes.setProtection(entry, immutable, appendOnly);
  }

  @Override
  public void syncFile(Name name) throws IOException {
    requireStat(resolveName(name));
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
    requireStat(resolveName(name));
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
