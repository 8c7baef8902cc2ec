package dev.overlays.testkit.fault;

import dev.overlays.testkit.layer.FileOperation;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.util.Set;

/** A secure directory stream, whose operations are relative to an open directory. */
final class FaultySecureListing extends FaultyListing implements SecureDirectoryStream<Path> {
  private final SecureDirectoryStream<Path> secure;

  FaultySecureListing(
      FaultyFileSystem fileSystem, SecureDirectoryStream<Path> secure, String path) {
    super(fileSystem, secure, path);
    this.secure = secure;
  }

  private String told(Path entry) {
    return entry.isAbsolute() ? entry.toString() : path + fileSystem.getSeparator() + entry;
  }

  @Override
  public SecureDirectoryStream<Path> newDirectoryStream(Path entry, LinkOption... options)
      throws IOException {
    Path inner = fileSystem.unwrap(entry);
    return faults.run(
        FileOperation.LIST,
        () -> told(entry),
        () ->
            new FaultySecureListing(
                fileSystem, secure.newDirectoryStream(inner, options), told(entry)));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path entry, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path inner = fileSystem.unwrap(entry);
    return faults.run(
        OpenOperation.operation(options),
        () -> told(entry),
        () ->
            FaultyChannel.of(
                secure.newByteChannel(inner, options, attributes), faults, told(entry)));
  }

  @Override
  public void deleteFile(Path entry) throws IOException {
    Path inner = fileSystem.unwrap(entry);
    faults.run(FileOperation.REMOVE, () -> told(entry), () -> secure.deleteFile(inner));
  }

  @Override
  public void deleteDirectory(Path entry) throws IOException {
    Path inner = fileSystem.unwrap(entry);
    faults.run(
        FileOperation.REMOVE_DIRECTORY, () -> told(entry), () -> secure.deleteDirectory(inner));
  }

  @Override
  public void move(Path from, SecureDirectoryStream<Path> directory, Path to) throws IOException {
    if (!(directory instanceof FaultySecureListing target) || target.fileSystem != fileSystem) {
      throw new ProviderMismatchException("not a directory of this file system");
    }
    Path innerFrom = fileSystem.unwrap(from);
    Path innerTo = fileSystem.unwrap(to);
    faults.run(
        FileOperation.RENAME,
        () -> told(from) + " -> " + target.told(to),
        () -> secure.move(innerFrom, target.secure, innerTo));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(Class<V> type) {
    return FaultyViews.of(faults, path, type, secure.getFileAttributeView(type));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path entry, Class<V> type, LinkOption... options) {
    V view = secure.getFileAttributeView(fileSystem.unwrap(entry), type, options);
    return FaultyViews.of(faults, told(entry), type, view);
  }
}
