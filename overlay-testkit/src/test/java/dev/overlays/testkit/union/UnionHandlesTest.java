package dev.overlays.testkit.union;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.testkit.layer.FaultKind;
import dev.overlays.testkit.layer.FaultyLayerStore;
import dev.overlays.testkit.layer.PortableLayerStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.ClosedDirectoryStreamException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests open handles: they are listed, stay valid, and are closed. */
class UnionHandlesTest {
  private UnionFixture bed;
  private FaultyLayerStore store;
  private UnionFileSystem union;

  @BeforeEach
  void openUnion() throws IOException {
    bed = new UnionFixture(1);
    Files.writeString(bed.topLower().resolve("file"), "content");
    Files.createDirectories(bed.topLower().resolve("tree/inner"));
    Files.writeString(bed.topLower().resolve("tree/leaf"), "leaf");
    store = new FaultyLayerStore(new PortableLayerStore());
    union =
        UnionFileSystems.open(bed.specBuilder().options(o -> o.withUserXattr(true)).build(), store);
  }

  @AfterEach
  void closeUnion() throws IOException {
    union.close();
    store.assertAllClosed();
    bed.close();
  }

  private Path pathAt(String path) {
    return union.getPath("/" + path);
  }

  private Set<String> openHandles(UnionFileSystem files) {
    return files.openHandles().stream()
        .map(OpenHandle::toString)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void everythingOpenIsTold() throws IOException {
    assertEquals(List.of(), union.openHandles());
    try (InputStream in = Files.newInputStream(pathAt("file"));
        FileChannel out =
            FileChannel.open(
                pathAt("new"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        DirectoryStream<Path> listing = Files.newDirectoryStream(pathAt("tree"))) {
      assertEquals(
          Set.of("/file (reader)", "/new (writer)", "/tree (directory)"), openHandles(union));
      assertTrue(in.available() > 0 && out.isOpen() && listing.iterator().hasNext());
    }
    assertEquals(List.of(), union.openHandles());
  }

  @Test
  void afterTheEndEverythingFails() throws IOException {
    try (FileChannel channel = FileChannel.open(pathAt("file"));
        DirectoryStream<Path> listing = Files.newDirectoryStream(pathAt("tree"))) {
      requireUseless(channel, (SecureDirectoryStream<Path>) listing);
    }
  }

  private void requireUseless(FileChannel channel, SecureDirectoryStream<Path> listing)
      throws IOException {
    Path file = pathAt("file");
    union.close();
    union.close();
    assertFalse(union.isOpen());
    assertThrows(ClosedChannelException.class, () -> channel.read(ByteBuffer.allocate(1)));
    assertThrows(ClosedDirectoryStreamException.class, () -> listing.deleteFile(pathAt("leaf")));
    List<Callable<Object>> calls =
        List.of(
            () -> Files.readString(file),
            () -> Files.writeString(file, "x"),
            () -> Files.size(file),
            () -> Files.createDirectory(pathAt("new")),
            () -> Files.move(file, pathAt("new")),
            () -> Files.readAttributes(file, "posix:*"),
            () -> Files.getFileStore(file),
            () -> file.toRealPath(),
            () -> union.getRootDirectories());
    for (Callable<Object> call : calls) {
      assertThrows(ClosedFileSystemException.class, call::call);
    }
  }

  @Test
  void heldDirectoryIsTheSameWhereverItGoes() throws IOException {
    Files.createDirectory(pathAt("made"));
    Files.writeString(pathAt("made/file"), "made");
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(pathAt("made"))) {
      SecureDirectoryStream<Path> held = (SecureDirectoryStream<Path>) stream;
      Files.move(pathAt("made"), pathAt("tree/moved"));
      Path file = union.getPath("file");
      held.deleteFile(file);
      assertFalse(Files.exists(pathAt("tree/moved/file")));
      held.newByteChannel(file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE))
          .close();
      assertTrue(Files.exists(pathAt("tree/moved/file")));
      Files.delete(pathAt("tree/moved/file"));
      Files.delete(pathAt("tree/moved"));
      assertThrows(
          FileSystemException.class,
          () ->
              held.newByteChannel(
                  file, Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE)));
    }
  }

  @Test
  void readersSeeTheCopyOnceThereIsOne() throws IOException {
    try (FileChannel reader = FileChannel.open(pathAt("file"))) {
      ByteBuffer buffer = ByteBuffer.allocate(3);
      reader.read(buffer);
      Files.writeString(pathAt("file"), "CHANGED");
      buffer.clear();
      reader.read(buffer);
      assertEquals("NGE", new String(buffer.array(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void manyDirectoriesNeedFewHandles() throws IOException {
    for (int i = 0; i < 1000; i++) {
      Files.createDirectories(bed.topLower().resolve("many/" + i));
    }
    try (DirectoryStream<Path> many = Files.newDirectoryStream(pathAt("many"))) {
      for (Path directory : many) {
        Files.writeString(directory.resolve("file"), "x");
      }
    }
    assertTrue(store.openHandles() < 500, () -> "open: " + store.openHandles());
  }

  @Test
  void eachFailureOfALayerLeavesTheViewAsItWas() throws IOException {
    long before = store.changeCount();
    Files.writeString(pathAt("tree/leaf"), "x", StandardOpenOption.APPEND);
    long copyUp = store.changeCount() - before;
    assertTrue(copyUp > 5);
    for (long i = 1; i <= copyUp; i++) {
      try (UnionFixture fresh = new UnionFixture(1)) {
        Files.createDirectories(fresh.topLower().resolve("tree"));
        Files.writeString(fresh.topLower().resolve("tree/leaf"), "leaf");
        FaultyLayerStore failing = new FaultyLayerStore(new PortableLayerStore());
        try (UnionFileSystem files =
            UnionFileSystems.open(
                fresh.specBuilder().options(o -> o.withUserXattr(true)).build(), failing)) {
          List<String> shown = ShownView.of(files.getPath("/"));
          failing.failAt(failing.changeCount() + i, FaultKind.NO_SPACE);
          Path leaf = files.getPath("/tree/leaf");
          FileSystemException e =
              assertThrows(
                  FileSystemException.class,
                  () -> Files.writeString(leaf, "x", StandardOpenOption.APPEND));
          assertTrue(e.getReason().equalsIgnoreCase("no space left on device"), e::toString);
          assertEquals(shown, ShownView.of(files.getPath("/")), "failed at " + i);
        }
        failing.assertAllClosed();
      }
    }
  }

  @Test
  void threadsAppendWithoutLosingAnything() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Object>> all =
          threads.invokeAll(
              IntStream.range(0, 8)
                  .<Callable<Object>>mapToObj(
                      i ->
                          () -> {
                            for (int j = 0; j < 50; j++) {
                              Files.writeString(pathAt("file"), "x", StandardOpenOption.APPEND);
                              Files.writeString(pathAt("tree/" + i + "-" + j), "y");
                              Files.delete(pathAt("tree/" + i + "-" + j));
                            }
                            return i;
                          })
                  .toList());
      for (Future<Object> each : all) {
        each.get();
      }
    } finally {
      threads.shutdown();
    }
    assertEquals("content" + "x".repeat(400), Files.readString(pathAt("file")));
  }
}
