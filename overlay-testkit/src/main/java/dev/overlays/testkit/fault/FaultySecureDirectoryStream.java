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
final class FaultySecureDirectoryStream extends FaultyDirectoryStream
    implements SecureDirectoryStream<Path> {
  private final SecureDirectoryStream<Path> secure;

  FaultySecureDirectoryStream(
      FaultyFileSystem fileSystem, SecureDirectoryStream<Path> secure, String path) {
    super(fileSystem, secure, path);
    this.secure = secure;
  }

  private String pathOf(Path entry) {
    return entry.isAbsolute() ? entry.toString() : path + fileSystem.getSeparator() + entry;
  }

  @Override
  public SecureDirectoryStream<Path> newDirectoryStream(Path entry, LinkOption... options)
      throws IOException {
    Path inner = fileSystem.unwrap(entry);
    return faults.run(
        FileOperation.LIST,
        () -> pathOf(entry),
        () ->
            new FaultySecureDirectoryStream(
                fileSystem, secure.newDirectoryStream(inner, options), pathOf(entry)));
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path entry, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
      throws IOException {
    Path inner = fileSystem.unwrap(entry);
    return faults.run(
        OpenOperation.ofOptions(options),
        () -> pathOf(entry),
        () ->
            FaultyByteChannel.of(
                secure.newByteChannel(inner, options, attributes), faults, pathOf(entry)));
  }

  @Override
  public void deleteFile(Path entry) throws IOException {
    Path inner = fileSystem.unwrap(entry);
    faults.run(FileOperation.REMOVE, () -> pathOf(entry), () -> secure.deleteFile(inner));
  }

  @Override
  public void deleteDirectory(Path entry) throws IOException {
    Path inner = fileSystem.unwrap(entry);
    faults.run(
        FileOperation.REMOVE_DIRECTORY, () -> pathOf(entry), () -> secure.deleteDirectory(inner));
  }

  @Override
  public void move(Path from, SecureDirectoryStream<Path> directory, Path to) throws IOException {
    if (!(directory instanceof FaultySecureDirectoryStream target)
        || target.fileSystem != fileSystem) {
      throw new ProviderMismatchException("not a directory of this file system");
    }
    Path innerFrom = fileSystem.unwrap(from);
    Path innerTo = fileSystem.unwrap(to);
    faults.run(
        FileOperation.RENAME,
        () -> pathOf(from) + " -> " + target.pathOf(to),
        () -> secure.move(innerFrom, target.secure, innerTo));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(Class<V> type) {
    return FaultyAttributeView.of(faults, path, type, secure.getFileAttributeView(type));
  }

  @Override
  public <V extends FileAttributeView> V getFileAttributeView(
      Path entry, Class<V> type, LinkOption... options) {
    V view = secure.getFileAttributeView(fileSystem.unwrap(entry), type, options);
    return FaultyAttributeView.of(faults, pathOf(entry), type, view);
  }
}
