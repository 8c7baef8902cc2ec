package dev.overlays.testkit.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
    try (OutputStream out = root().createFile(A)) {
      out.write(large, 0, 70_000);
      out.write(large[70_000]);
      out.write(large, 70_001, 80_000);
    }
    assertEquals(large.length, present(root(), A).size());
    try (InputStream in = root().readFile(A)) {
      assertArrayEquals(large, in.readAllBytes());
    }
  }

  @Test
  void readingIsForRegularFiles() throws IOException {
    file(root(), A, "x");
    root().createDirectory(B);
    root().createSymlink(Name.of("link"), bytes("a"));
    root().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    root().createWhiteout(Name.of("white"));
    for (String name : List.of("b", "link", "pipe", "white")) {
      assertThrows(
          FileSystemException.class, () -> root().readFile(Name.of(name)).close(), () -> name);
    }
    assertThrows(NoSuchFileException.class, () -> root().readFile(MISSING));
  }

  @Test
  void channelsReadAndWriteAtAnyPlace() throws IOException {
    file(root(), A, "content");
    try (FileChannel channel = root().openFile(A, true)) {
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
    assertEquals("COn", content(root(), A));
  }

  @Test
  void channelForReadingWritesNothing() throws IOException {
    file(root(), A, "content");
    try (FileChannel channel = root().openFile(A, false)) {
      ByteBuffer more = ByteBuffer.wrap(new byte[1]);
      assertThrows(NonWritableChannelException.class, () -> channel.write(more));
      assertThrows(NonWritableChannelException.class, () -> channel.truncate(0));
    }
    assertEquals("content", content(root(), A));
  }

  @Test
  void channelKeepsItsInode() throws IOException {
    file(root(), A, "content");
    file(root(), B, "other");
    try (FileChannel channel = root().openFile(A, true)) {
      root().rename(A, root(), B);
      channel.write(ByteBuffer.wrap("moved".getBytes(UTF_8)));
      assertEquals("movednt", content(root(), B));
      root().remove(B);
      file(root(), B, "new");
      channel.write(ByteBuffer.wrap("gone!".getBytes(UTF_8)), 0);
      ByteBuffer all = ByteBuffer.allocate(7);
      assertEquals(7, channel.read(all, 0));
      assertArrayEquals("gone!nt".getBytes(UTF_8), all.array());
    }
    assertEquals("new", content(root(), B));
  }

  @Test
  void channelsAreForRegularFiles() throws IOException {
    root().createDirectory(A);
    root().createSymlink(B, "a".getBytes(UTF_8));
    root().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    for (boolean writable : new boolean[] {false, true}) {
      assertThrows(NoSuchFileException.class, () -> root().openFile(MISSING, writable).close());
      for (Name name : List.of(A, B, Name.of("pipe"))) {
        FileSystemException e =
            assertThrows(FileSystemException.class, () -> root().openFile(name, writable).close());
        assertEquals(root() + "/" + name, e.getFile());
      }
    }
  }

  @Test
  void dataIsCopiedInPlaceOfWhatWasThere() throws IOException {
    file(root(), A, "short");
    file(root(), B, "something longer");
    EntryStat old = present(root(), B);
    root().copyData(A, root(), B);
    assertEquals("short", content(root(), B));
    assertEquals("short", content(root(), A));
    assertTrue(same(old, present(root(), B)));
    root().createDirectory(Name.of("d"));
    try (LayerDirectory inner = root().open(Name.of("d"))) {
      file(inner, A, "");
      root().copyData(A, inner, A);
      assertEquals("short", content(inner, A));
      file(inner, B, "");
      inner.copyData(B, inner, A);
      assertEquals("", content(inner, A));
    }
  }

  @Test
  void bigDataIsCopiedWhole() throws IOException {
    byte[] data = new byte[3_000_001];
    new Random(1).nextBytes(data);
    try (OutputStream out = root().createFile(A)) {
      out.write(data);
    }
    file(root(), B, "");
    root().copyData(A, root(), B);
    try (InputStream in = root().readFile(B)) {
      assertArrayEquals(data, in.readAllBytes());
    }
  }

  @Test
  void holesStayHoles() throws IOException {
    int size = 8 << 20;
    file(root(), A, "");
    try (FileChannel file = FileChannel.open(rootPath().resolve("a"), StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(bytes("middle")), size / 2);
      file.write(ByteBuffer.wrap(bytes("end")), size - 3);
    }
    file(root(), B, "");
    root().copyData(A, root(), B);
    EntryStat copy = present(root(), B);
    assertEquals(size, copy.size());
    assertTrue(copy.allocated() < size / 2, copy::toString);
    try (InputStream one = root().readFile(A);
        InputStream other = root().readFile(B)) {
      assertArrayEquals(one.readAllBytes(), other.readAllBytes());
    }
  }

  @Test
  void dataIsCopiedBetweenFilesOnly() throws IOException {
    file(root(), A, "a");
    root().createDirectory(B);
    root().createSymlink(Name.of("link"), bytes("a"));
    root().createNode(Name.of("pipe"), EntryType.FIFO, 0, 0);
    for (Name other : List.of(B, Name.of("link"), Name.of("pipe"), MISSING)) {
      assertThrows(IOException.class, () -> root().copyData(other, root(), A), other::toString);
      assertThrows(IOException.class, () -> root().copyData(A, root(), other), other::toString);
    }
    assertTrue(root().stat(MISSING).isEmpty());
  }

  @Test
  void everythingCanBeMadeDurable() throws IOException {
    file(root(), A, "a");
    root().syncFile(A);
    root().syncFileSystem();
    assertThrows(NoSuchFileException.class, () -> root().syncFile(MISSING));
  }

  @Test
  void thereIsSpaceLeft() throws IOException {
    assertTrue(root().freeSpace() > 0);
  }
}
