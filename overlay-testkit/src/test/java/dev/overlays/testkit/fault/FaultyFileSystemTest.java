package dev.overlays.testkit.fault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.FileOperation;
import dev.overlays.testkit.layer.InjectedFaultException;
import dev.overlays.testkit.layer.RecordedOperation;
import dev.overlays.testkit.memory.InMemoryFileSystems;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FaultyFileSystemTest {
  private final FileSystem memory =
      Jimfs.newFileSystem(
          Configuration.unix().toBuilder()
              .setAttributeViews("basic", "posix", "unix", "user")
              .setWorkingDirectory("/")
              .build());
  private final FaultyFileSystem files = FaultyFileSystem.over(memory);
  private final Path root = files.getPath("/");

  /** Makes changes of every kind. */
  private static void changeEverything(Path directory) throws IOException {
    Path a = directory.resolve("a");
    Files.writeString(a, "content");
    Files.writeString(a, "more", StandardOpenOption.APPEND);
    Path inner = Files.createDirectory(directory.resolve("inner"));
    Files.createSymbolicLink(directory.resolve("link"), a.getFileSystem().getPath("a"));
    Files.createLink(inner.resolve("hard"), a);
    Files.copy(a, inner.resolve("copy"));
    Files.move(inner.resolve("copy"), directory.resolve("moved"));
    Files.setPosixFilePermissions(a, PosixFilePermissions.fromString("rw-------"));
    Files.setLastModifiedTime(a, FileTime.fromMillis(0));
    Files.setAttribute(a, "user:x", "y".getBytes(UTF_8));
    Files.delete(inner.resolve("hard"));
    Files.delete(inner);
  }

  @Test
  void everyChangeIsRecorded() throws IOException {
    files.faults().startRecording();
    changeEverything(root);
    List<String> changes =
        files.faults().recordedOperations().stream()
            .filter(call -> call.operation().isChange())
            .map(RecordedOperation::toString)
            .toList();
    assertEquals(
        List.of(
            "CREATE_FILE /a",
            "WRITE /a",
            "OPEN_FOR_WRITING /a",
            "WRITE /a",
            "CREATE_DIRECTORY /inner",
            "CREATE_SYMLINK /link",
            "CREATE_LINK /a -> /inner/hard",
            "COPY_DATA /a -> /inner/copy",
            "RENAME /inner/copy -> /moved",
            "SET_MODE /a",
            "SET_TIMES /a",
            "SET_XATTR /a",
            "REMOVE /inner/hard",
            "REMOVE_DIRECTORY /inner"),
        changes);
    assertEquals(14, files.faults().changeCount());
    assertEquals("contentmore", Files.readString(memory.getPath("/moved")));
    files.faults().assertAllClosed();
  }

  @Test
  void eachChangeCanFail() throws IOException {
    for (int number = 1; number <= 14; number++) {
      FaultyFileSystem failing = FaultyFileSystem.over(InMemoryFileSystems.create());
      failing.faults().failAt(number, FaultKind.INPUT_OUTPUT);
      Path directory = failing.getPath("/");
      FileSystemException error =
          assertThrows(
              FileSystemException.class, () -> changeEverything(directory), "at " + number);
      assertEquals("input/output error", error.getReason());
      assertEquals(number, failing.faults().changeCount());
      failing.faults().assertAllClosed();
      Files.writeString(directory.resolve("after"), "works again");
    }
  }

  @Test
  void readsCanFail() throws IOException {
    Files.writeString(root.resolve("a"), "content");
    files.faults().failAt(FileOperation.READ, 1, FaultKind.NO_ACCESS);
    assertThrows(AccessDeniedException.class, () -> Files.readString(root.resolve("a")));
    assertEquals("content", Files.readString(root.resolve("a")));
    files.faults().failAt(FileOperation.LIST, 1, FaultKind.INJECTED);
    assertThrows(InjectedFaultException.class, () -> Files.newDirectoryStream(root));
    files
        .faults()
        .setHook(
            new FaultyLayerStore.OperationHook() {
              @Override
              public void beforeReading(FileOperation operation, String path) throws IOException {
                throw new NoSuchFileException(operation + path);
              }
            });
    assertFalse(Files.exists(root.resolve("a")));
  }

  @Test
  void theDiskIsFullAfterTheGivenBytes() throws IOException {
    files.faults().diskFullAfter(10);
    assertEquals(10, Files.getFileStore(root).getUsableSpace());
    Path a = Files.writeString(root.resolve("a"), "123456");
    FileSystemException full =
        assertThrows(
            FileSystemException.class, () -> Files.writeString(root.resolve("b"), "123456"));
    assertEquals("no space left on device", full.getReason());
    assertEquals("1234", Files.readString(root.resolve("b")));
    assertThrows(FileSystemException.class, () -> Files.copy(a, root.resolve("c")));
    assertFalse(Files.exists(root.resolve("c")));
    files.faults().assertAllClosed();
  }

  @Test
  @SuppressWarnings("StreamResourceLeak") // They stay open on purpose.
  void afterACrashNothingWorks() throws IOException {
    Files.writeString(root.resolve("a"), "a");
    InputStream in = Files.newInputStream(root.resolve("a"));
    DirectoryStream<Path> listing = Files.newDirectoryStream(root);
    files.faults().crashAt(3);
    assertThrows(InjectedFaultException.class, () -> Files.delete(root.resolve("a")));
    assertTrue(files.faults().hasCrashed());
    assertThrows(InjectedFaultException.class, in::read);
    assertThrows(DirectoryIteratorException.class, () -> listing.iterator().hasNext());
    assertThrows(InjectedFaultException.class, () -> Files.size(root.resolve("a")));
    assertFalse(Files.exists(root.resolve("a")));
    in.close();
    listing.close();
    files.faults().assertAllClosed();
    assertTrue(Files.exists(memory.getPath("/a")));
  }

  @Test
  void listingsAreShuffledBySeed() throws IOException {
    for (int i = 0; i < 20; i++) {
      Files.createFile(root.resolve("f" + i));
    }
    List<String> first = listShuffled(1);
    assertEquals(first, listShuffled(1));
    assertNotEquals(first, listShuffled(2));
    assertEquals(20, first.size());
  }

  private List<String> listShuffled(long seed) throws IOException {
    files.faults().shuffleListings(seed);
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> listing = Files.newDirectoryStream(root, "f*")) {
      listing.forEach(path -> names.add(path.toString()));
    }
    return names;
  }

  @Test
  @SuppressWarnings("StreamResourceLeak") // They stay open on purpose.
  void whatIsLeftOpenIsToldWithItsPlace() throws IOException {
    OutputStream out = Files.newOutputStream(root.resolve("a"));
    Stream<Path> listing = Files.list(root);
    assertEquals(2, files.faults().openHandles());
    AssertionError error =
        assertThrows(AssertionError.class, () -> files.faults().assertAllClosed());
    for (Throwable place : error.getSuppressed()) {
      assertTrue(
          Arrays.stream(place.getStackTrace())
              .anyMatch(e -> e.getMethodName().equals("whatIsLeftOpenIsToldWithItsPlace")));
    }
    out.close();
    listing.close();
    files.faults().assertAllClosed();
  }

  @Test
  void pathsBehaveLikeThoseOfTheWrappedFileSystem() {
    Path path = files.getPath("/a/b", "../c");
    assertEquals("/a/b/../c", path.toString());
    assertEquals("/a/c", path.normalize().toString());
    assertEquals(files, path.getFileSystem());
    assertEquals(files.getPath("/a"), path.subpath(0, 1).toAbsolutePath());
    assertEquals(files.getPath("x"), files.getPath("/a").relativize(files.getPath("/a/x")));
    assertTrue(path.startsWith("/a") && path.endsWith("c") && path.iterator().hasNext());
    assertFalse(path.startsWith(memory.getPath("/a")));
    assertNotEquals(path, memory.getPath("/a/b/../c"));
    assertEquals(null, files.getPath("a").getRoot());
    assertEquals(memory.getPath("/a"), files.unwrap(files.getPath("/a")));
    assertThrows(ProviderMismatchException.class, () -> path.resolve(memory.getPath("d")));
    assertThrows(ProviderMismatchException.class, () -> files.unwrap(memory.getPath("d")));
    assertThrows(UnsupportedOperationException.class, path::toFile);
    assertEquals(path, files.provider().getPath(path.toUri()));
    assertTrue(path.toUri().toString().startsWith("faulty:jimfs:"));
    assertTrue(
        FileSystemProvider.installedProviders().stream()
            .noneMatch(provider -> provider.getScheme().equals("faulty")));
  }

  @Test
  void treesAreWalkedAndCopiedBetweenFileSystems() throws IOException {
    changeEverything(Files.createDirectory(root.resolve("tree")));
    try (Stream<Path> walk = Files.walk(root.resolve("tree"))) {
      assertEquals(
          List.of("/tree", "/tree/a", "/tree/link", "/tree/moved"),
          walk.map(Path::toString).sorted().toList());
    }
    FaultyFileSystem other = FaultyFileSystem.over(Jimfs.newFileSystem(Configuration.unix()));
    Path copy = Files.copy(root.resolve("tree/a"), other.getPath("/copy"));
    assertEquals("contentmore", Files.readString(copy));
    Files.move(copy, root.resolve("back"));
    assertFalse(Files.exists(copy));
    assertArrayEquals("contentmore".getBytes(UTF_8), Files.readAllBytes(root.resolve("back")));
    assertEquals(-1, Files.mismatch(root.resolve("back"), root.resolve("tree/a")));
    assertTrue(Files.isSameFile(root.resolve("tree/link"), root.resolve("tree/a")));
    assertFalse(Files.isSameFile(root, other.getPath("/")));
    files.faults().assertAllClosed();
    other.faults().assertAllClosed();
  }

  @Test
  void closingLeavesTheWrappedFileSystemOpen() {
    files.close();
    assertFalse(files.isOpen());
    assertTrue(memory.isOpen());
    assertThrows(ClosedFileSystemException.class, () -> Files.createFile(root.resolve("a")));
    assertInstanceOf(FaultyFileSystem.class, root.getFileSystem());
  }
}
