package dev.overlays.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.RecordedOperation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Features that the default file system has, but jimfs has not. */
class FaultyDiskTest {
  private final FaultyFileSystem files = FaultyFileSystem.over(FileSystems.getDefault());
  private Path disk;
  private Path root;

  @BeforeEach
  void wrapDirectory(@TempDir Path directory) {
    disk = directory;
    root = files.wrap(directory);
  }

  @AfterEach
  void allHandlesAreClosed() {
    files.faults().assertAllClosed();
  }

  private List<String> recordedChanges() {
    return files.faults().recordedOperations().stream()
        .filter(call -> call.operation().isChange())
        .map(RecordedOperation::toString)
        .map(call -> call.replace(disk.toString(), ""))
        .toList();
  }

  @Test
  @SuppressWarnings("unchecked")
  void aSecureDirectoryStreamStaysSecure() throws IOException {
    Files.createDirectory(disk.resolve("d"));
    Files.writeString(disk.resolve("d/file"), "file");
    files.faults().startRecording();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(root);
        SecureDirectoryStream<Path> inner =
            assertInstanceOf(SecureDirectoryStream.class, stream)
                .newDirectoryStream(files.getPath("d"))) {
      SecureDirectoryStream<Path> outer = (SecureDirectoryStream<Path>) stream;
      assertEquals(
          root.resolve("d/file"), root.resolve("d").resolve(inner.iterator().next().getFileName()));
      outer
          .newByteChannel(
              files.getPath("new"), Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))
          .close();
      inner.move(files.getPath("file"), outer, files.getPath("moved"));
      inner
          .getFileAttributeView(PosixFileAttributeView.class)
          .setPermissions(PosixFilePermissions.fromString("rwx------"));
      assertTrue(
          outer
              .getFileAttributeView(files.getPath("moved"), BasicFileAttributeView.class)
              .readAttributes()
              .isRegularFile());
      outer.deleteFile(files.getPath("moved"));
      outer.deleteDirectory(files.getPath("d"));
    }
    assertEquals(
        List.of(
            "CREATE_FILE /new",
            "RENAME /d/file -> /moved",
            "SET_MODE /d",
            "REMOVE /moved",
            "REMOVE_DIRECTORY /d"),
        recordedChanges());
  }

  @Test
  void aFileChannelRunsItsOperations() throws IOException {
    Path file = root.resolve("file");
    files.faults().startRecording();
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer[] parts = {utf8Buffer("ab"), utf8Buffer(""), utf8Buffer("cd")};
      assertEquals(4, channel.write(parts));
      assertEquals(2, channel.write(utf8Buffer("xy"), 1));
      channel.truncate(3).force(true);
      try (FileLock lock = channel.lock()) {
        assertEquals(channel, lock.acquiredBy());
        assertTrue(lock.isValid());
      }
      ByteBuffer read = ByteBuffer.allocate(9);
      assertEquals(3, channel.read(read, 0));
      assertEquals("axy", new String(read.array(), 0, 3, UTF_8));
      try (FileChannel copy =
          FileChannel.open(
              root.resolve("copy"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        assertEquals(3, copy.transferFrom(channel.position(0), 0, 100));
        files.faults().diskFullAfter(2);
        assertEquals(2, copy.transferFrom(channel.position(0), 0, 100));
        assertThrows(FileSystemException.class, () -> copy.write(utf8Buffer("x")));
      }
    }
    assertEquals(
        List.of(
            "CREATE_FILE /file",
            "WRITE /file",
            "WRITE /file",
            "WRITE /file",
            "TRUNCATE /file",
            "SYNC /file",
            "CREATE_FILE /copy",
            "WRITE /copy",
            "WRITE /copy",
            "WRITE /copy"),
        recordedChanges());
  }

  private static ByteBuffer utf8Buffer(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  @Test
  void anAsynchronousChannelReturnsFaultsAsItsResult() throws Exception {
    Path file = root.resolve("file");
    try (AsynchronousFileChannel channel =
        AsynchronousFileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      assertEquals(2, channel.write(utf8Buffer("ab"), 0).get());
      files.faults().failAt(3, FaultKind.NO_SPACE);
      ExecutionException full =
          assertThrows(ExecutionException.class, () -> channel.write(utf8Buffer("cd"), 2).get());
      assertInstanceOf(FileSystemException.class, full.getCause());
      ByteBuffer read = ByteBuffer.allocate(9);
      assertEquals(2, channel.read(read, 0).get());
      files.faults().failAt(FileOperation.READ, 2, FaultKind.INPUT_OUTPUT);
      assertThrows(ExecutionException.class, () -> channel.read(read, 0).get());
    }
  }

  @Test
  void aWatchServiceReturnsPathsOfThisFileSystem() throws Exception {
    try (WatchService service = files.newWatchService()) {
      WatchKey key = root.register(service, StandardWatchEventKinds.ENTRY_CREATE);
      assertEquals(root, key.watchable());
      Files.createFile(disk.resolve("new"));
      assertEquals(key, service.poll(60, TimeUnit.SECONDS));
      assertEquals(files.getPath("new"), key.pollEvents().get(0).context());
      assertTrue(key.reset());
      key.cancel();
      assertFalse(key.isValid());
    }
  }
}
