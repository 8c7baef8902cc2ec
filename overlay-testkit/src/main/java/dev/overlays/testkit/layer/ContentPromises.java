package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.Name;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The content of files, by streams, channels and copies. */
abstract class ContentPromises extends StorePromises {

  ContentPromises(LayerStoreContract contract) {
    super(contract);
  }

  @Test
  void contentSurvives() throws IOException {
    byte[] large = new byte[150_001];
    new Random(1).nextBytes(large);
    try (OutputStream out = rootDirectory().createFile(A)) {
      out.write(large, 0, 70_000);
      out.write(large[70_000]);
      out.write(large, 70_001, 80_000);
    }
    assertEquals(large.length, requireStat(rootDirectory(), A).size());
    try (InputStream in = rootDirectory().readFile(A)) {
      assertArrayEquals(large, in.readAllBytes());
    }
  }

  @Test
  void readingIsForRegularFiles() throws IOException {
    createFile(rootDirectory(), A, "x");
    rootDirectory().createDirectory(B);
    rootDirectory().createSymlink(Name.of("link"), utf8Bytes("a"));
    rootDirectory().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    rootDirectory().createWhiteout(Name.of("white"));
    for (String name : List.of("b", "link", "pipe", "white")) {
      assertThrows(
          FileSystemException.class,
          () -> rootDirectory().readFile(Name.of(name)).close(),
          () -> name);
    }
    assertThrows(NoSuchFileException.class, () -> rootDirectory().readFile(MISSING));
  }

  /** The start of a file, with room for less, for all, and for more than all. */
  @Test
  void startOfAFileIsRead() throws IOException {
    byte[] content = new byte[150_000];
    new Random(content.length).nextBytes(content);
    try (OutputStream out = rootDirectory().createFile(A)) {
      out.write(content);
    }
    createFile(rootDirectory(), B, "");
    for (int length : new int[] {0, 1, 1 << 16, content.length - 1, content.length, 200_000}) {
      byte[] bytes = new byte[3 + length];
      EntryStat stat = requireStat(rootDirectory(), A);
      int most = Math.min(length, content.length);
      assertEquals(most, rootDirectory().readStart(A, stat, bytes, 3, length));
      byte[] expected = new byte[bytes.length];
      System.arraycopy(content, 0, expected, 3, most);
      assertArrayEquals(expected, bytes, length + " bytes");
      EntryStat empty = requireStat(rootDirectory(), B);
      assertEquals(0, rootDirectory().readStart(B, empty, bytes, 3, length));
    }
  }

  /** What has come into the place of a file is not read, and nobody waits for a pipe. */
  @Test
  void startOfWhatIsNoFileAnymoreIsNotRead() throws IOException {
    createFile(rootDirectory(), A, "content");
    EntryStat stat = requireStat(rootDirectory(), A);
    byte[] bytes = new byte[10];
    rootDirectory().remove(A);
    assertThrows(NoSuchFileException.class, () -> rootDirectory().readStart(A, stat, bytes, 0, 10));
    createFile(rootDirectory(), B, "another file");
    rootDirectory().createSymlink(A, utf8Bytes("b"));
    assertThrows(IOException.class, () -> rootDirectory().readStart(A, stat, bytes, 0, 10));
    rootDirectory().remove(A);
    rootDirectory().createNode(A, EntryType.FIFO, 0, 0);
    assertThrows(FileSystemException.class, () -> rootDirectory().readStart(A, stat, bytes, 0, 10));
    rootDirectory().remove(A);
    rootDirectory().createDirectory(A);
    assertThrows(IOException.class, () -> rootDirectory().readStart(A, stat, bytes, 0, 10));
    assertArrayEquals(new byte[10], bytes);
  }

  /** Files of no bytes, of less and of more than one block of memory, and with any mode. */
  @Test
  void copyIsANewFileWithTheSameData() throws IOException {
    Random random = new Random(3);
    for (int size : new int[] {0, 1, 5000, 1 << 16, (1 << 16) + 1, 200_001}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      try (OutputStream out = rootDirectory().createFile(A)) {
        out.write(content);
      }
      for (int mode : new int[] {0600, 0444, 0}) {
        EntryStat stat = requireStat(rootDirectory(), A);
        rootDirectory().copyFile(A, stat, rootDirectory(), B, mode);
        int left = requireStat(rootDirectory(), B).mode() & ~0600 & ~mode;
        assertEquals(0, left, "more than the mode and its owner's rights");
        rootDirectory().setMode(B, 0600);
        try (InputStream in = rootDirectory().readFile(B)) {
          assertArrayEquals(content, in.readAllBytes(), size + " bytes");
        }
        rootDirectory().remove(B);
      }
      rootDirectory().remove(A);
    }
  }

  /** A copy that is asked for by name alone: the store looks at the original itself. */
  @Test
  void copyTellsTheStateOfItsOriginal() throws IOException {
    Random random = new Random(4);
    for (int size : new int[] {0, 1, 5000, 200_001}) {
      byte[] content = new byte[size];
      random.nextBytes(content);
      try (OutputStream out = rootDirectory().createFile(A)) {
        out.write(content);
      }
      rootDirectory().setMode(A, 0640);
      assertEquals(
          requireStat(rootDirectory(), A), rootDirectory().copyFile(A, rootDirectory(), B));
      EntryStat copy = requireStat(rootDirectory(), B);
      assertEquals(0, copy.mode() & ~0640, "more than its mode");
      assertFalse(isSameInode(requireStat(rootDirectory(), A), copy));
      rootDirectory().setMode(B, 0600);
      try (InputStream in = rootDirectory().readFile(B)) {
        assertArrayEquals(content, in.readAllBytes(), size + " bytes");
      }
      rootDirectory().remove(A);
      rootDirectory().remove(B);
    }
  }

  /** What has come into the place of a file is not copied, and nobody waits for a pipe. */
  @Test
  void copyByNameIsOfRegularFilesAndReplacesNothing() throws IOException {
    createFile(rootDirectory(), A, "content");
    createFile(rootDirectory(), B, "other");
    assertThrows(
        FileAlreadyExistsException.class, () -> rootDirectory().copyFile(A, rootDirectory(), B));
    assertEquals("other", readContent(rootDirectory(), B));
    rootDirectory().createDirectory(Name.of("d"));
    rootDirectory().createSymlink(Name.of("link"), utf8Bytes("a"));
    rootDirectory().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    for (Name other : List.of(Name.of("d"), Name.of("link"), Name.of("pipe"), MISSING)) {
      assertThrows(
          IOException.class,
          () -> rootDirectory().copyFile(other, rootDirectory(), Name.of("copy")),
          other::toString);
      assertTrue(rootDirectory().stat(Name.of("copy")).isEmpty(), other::toString);
    }
  }

  @Test
  void copyReplacesNothingAndLeavesNothingBehind() throws IOException {
    createFile(rootDirectory(), A, "content");
    createFile(rootDirectory(), B, "other");
    EntryStat stat = requireStat(rootDirectory(), A);
    assertThrows(
        FileAlreadyExistsException.class,
        () -> rootDirectory().copyFile(A, stat, rootDirectory(), B, 0600));
    assertEquals("other", readContent(rootDirectory(), B));
    rootDirectory().remove(B);
    rootDirectory().remove(A);
    assertThrows(
        NoSuchFileException.class,
        () -> rootDirectory().copyFile(A, stat, rootDirectory(), B, 0600));
    assertTrue(rootDirectory().stat(B).isEmpty());
    rootDirectory().createNode(A, EntryType.FIFO, 0, 0);
    assertThrows(
        FileSystemException.class,
        () -> rootDirectory().copyFile(A, stat, rootDirectory(), B, 0600));
    assertTrue(rootDirectory().stat(B).isEmpty());
  }

  @Test
  void channelsReadAndWriteAtAnyPlace() throws IOException {
    createFile(rootDirectory(), A, "content");
    try (FileChannel channel = rootDirectory().openFile(A, true)) {
      assertEquals(0, channel.position());
      channel.write(ByteBuffer.wrap("CO".getBytes(UTF_8)));
      channel.write(ByteBuffer.wrap("end".getBytes(UTF_8)), 9);
      assertEquals(2, channel.position());
      assertEquals(12, channel.size());
      ByteBuffer part = ByteBuffer.allocate(5);
      assertEquals(5, channel.read(part));
      assertArrayEquals("ntent".getBytes(UTF_8), part.array());
      channel.truncate(3);
    }
    assertEquals("COn", readContent(rootDirectory(), A));
  }

  @Test
  void channelForReadingWritesNothing() throws IOException {
    createFile(rootDirectory(), A, "content");
    try (FileChannel channel = rootDirectory().openFile(A, false)) {
      ByteBuffer more = ByteBuffer.wrap(new byte[1]);
      assertThrows(NonWritableChannelException.class, () -> channel.write(more));
      assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
    }
    assertEquals("content", readContent(rootDirectory(), A));
  }

  @Test
  void channelKeepsItsInode() throws IOException {
    createFile(rootDirectory(), A, "content");
    createFile(rootDirectory(), B, "other");
    try (FileChannel channel = rootDirectory().openFile(A, true)) {
      rootDirectory().rename(A, rootDirectory(), B);
      channel.write(ByteBuffer.wrap("moved".getBytes(UTF_8)));
      assertEquals("movednt", readContent(rootDirectory(), B));
      rootDirectory().remove(B);
      createFile(rootDirectory(), B, "new");
      channel.write(ByteBuffer.wrap("gone!".getBytes(UTF_8)), 0);
      ByteBuffer all = ByteBuffer.allocate(7);
      assertEquals(7, channel.read(all, 0));
      assertArrayEquals("gone!nt".getBytes(UTF_8), all.array());
    }
    assertEquals("new", readContent(rootDirectory(), B));
  }

  @Test
  void channelsAreForRegularFiles() throws IOException {
    rootDirectory().createDirectory(A);
    rootDirectory().createSymlink(B, "a".getBytes(UTF_8));
    rootDirectory().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    for (boolean writable : new boolean[] {false, true}) {
      assertThrows(
          NoSuchFileException.class, () -> rootDirectory().openFile(MISSING, writable).close());
      for (Name name : List.of(A, B, Name.of("pipe"))) {
        FileSystemException e =
            assertThrows(
                FileSystemException.class, () -> rootDirectory().openFile(name, writable).close());
        assertEquals(rootDirectory() + "/" + name, e.getFile());
      }
    }
  }

  @Test
  void dataIsCopiedInPlaceOfWhatWasThere() throws IOException {
    createFile(rootDirectory(), A, "short");
    createFile(rootDirectory(), B, "something longer");
    EntryStat old = requireStat(rootDirectory(), B);
    rootDirectory().copyData(A, rootDirectory(), B);
    assertEquals("short", readContent(rootDirectory(), B));
    assertEquals("short", readContent(rootDirectory(), A));
    assertTrue(isSameInode(old, requireStat(rootDirectory(), B)));
    rootDirectory().createDirectory(Name.of("d"));
    try (LayerDirectory inner = rootDirectory().open(Name.of("d"))) {
      createFile(inner, A, "");
      rootDirectory().copyData(A, inner, A);
      assertEquals("short", readContent(inner, A));
      createFile(inner, B, "");
      inner.copyData(B, inner, A);
      assertEquals("", readContent(inner, A));
    }
  }

  @Test
  void bigDataIsCopiedWhole() throws IOException {
    byte[] data = new byte[3_000_001];
    new Random(1).nextBytes(data);
    try (OutputStream out = rootDirectory().createFile(A)) {
      out.write(data);
    }
    createFile(rootDirectory(), B, "");
    rootDirectory().copyData(A, rootDirectory(), B);
    try (InputStream in = rootDirectory().readFile(B)) {
      assertArrayEquals(data, in.readAllBytes());
    }
  }

  @Test
  void holesStayHoles() throws IOException {
    int size = 8 << 20;
    createFile(rootDirectory(), A, "");
    try (FileChannel file = FileChannel.open(rootPath().resolve("a"), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(utf8Bytes("middle")), size / 2);
      file.write(ByteBuffer.wrap(utf8Bytes("end")), size - 3);
    }
    createFile(rootDirectory(), B, "");
    rootDirectory().copyData(A, rootDirectory(), B);
    EntryStat copy = requireStat(rootDirectory(), B);
    assertEquals(size, copy.size());
    assertTrue(copy.allocated() < size / 2, copy::toString);
    try (InputStream one = rootDirectory().readFile(A);
        InputStream other = rootDirectory().readFile(B)) {
      assertArrayEquals(one.readAllBytes(), other.readAllBytes());
    }
  }

  @Test
  void dataIsCopiedBetweenFilesOnly() throws IOException {
    createFile(rootDirectory(), A, "a");
    rootDirectory().createDirectory(B);
    rootDirectory().createSymlink(Name.of("link"), utf8Bytes("a"));
    rootDirectory().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    for (Name other : List.of(B, Name.of("link"), Name.of("pipe"), MISSING)) {
      assertThrows(
          IOException.class,
          () -> rootDirectory().copyData(other, rootDirectory(), A),
          other::toString);
      assertThrows(
          IOException.class,
          () -> rootDirectory().copyData(A, rootDirectory(), other),
          other::toString);
    }
    assertTrue(rootDirectory().stat(MISSING).isEmpty());
  }

  @Test
  void everythingCanBeMadeDurable() throws IOException {
    createFile(rootDirectory(), A, "a");
    rootDirectory().syncFile(A);
    rootDirectory().syncFileSystem();
    assertThrows(NoSuchFileException.class, () -> rootDirectory().syncFile(MISSING));
  }

  @Test
  void thereIsSpaceLeft() throws IOException {
    assertTrue(rootDirectory().freeSpace() > 0);
  }
}
