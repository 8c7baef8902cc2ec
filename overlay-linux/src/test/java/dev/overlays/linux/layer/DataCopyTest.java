package dev.overlays.linux.layer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Copies data on and between real file systems. */
class DataCopyTest {
  private static final Name FROM = Name.of("from");
  private static final Name TO = Name.of("to");
  private static final int MEGABYTE = 1 << 20;

  @AutoClose private Sandbox sandbox;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @ParameterizedTest
  @ValueSource(strings = {"xfs", "btrfs"})
  void blocksAreSharedWhereTheFileSystemCan(String fileSystem) throws IOException {
    try (LayerDirectory layer = mount("a", fileSystem)) {
      write("a", random(64 * MEGABYTE, 1));
      layer.createFile(TO).close();
      layer.syncFileSystem();
      long before = layer.freeSpace();
      layer.copyData(FROM, layer, TO);
      layer.syncFileSystem();
      assertTrue(before - layer.freeSpace() < 4 * MEGABYTE, "space was taken");
      assertSame("a", "a");
      layer.remove(TO);
      layer.copyFile(FROM, LayerEntries.requireStat(layer, FROM), layer, TO, 0600);
      layer.syncFileSystem();
      assertTrue(before - layer.freeSpace() < 4 * MEGABYTE, "space was taken by a new file");
      assertSame("a", "a");
    }
  }

  @ParameterizedTest
  @CsvSource({"ext4, ext4", "tmpfs, tmpfs", "xfs, xfs", "btrfs, btrfs", "ext4, tmpfs", "xfs, ext4"})
  void holesStayHolesAndEndsAreExact(String source, String target) throws IOException {
    try (LayerDirectory from = mount("a", source);
        LayerDirectory to = source.equals(target) ? from : mount("b", target)) {
      String other = source.equals(target) ? "a" : "b";
      try (FileChannel file = FileChannel.open(path("a", FROM), create())) {
        file.write(ByteBuffer.wrap(random(3 * MEGABYTE + 77, 2)), 5L * MEGABYTE + 13);
        file.write(ByteBuffer.wrap(random(1, 3)), 40L * MEGABYTE + 1);
      }
      Files.write(path(other, TO), random(MEGABYTE, 4), create());
      from.copyData(FROM, to, TO);
      assertSame("a", other);
      EntryStat stat = LayerEntries.requireStat(to, TO);
      assertTrue(stat.allocated() <= 4 * MEGABYTE, "allocated " + stat.allocated());
      to.remove(TO);
      from.copyFile(FROM, LayerEntries.requireStat(from, FROM), to, TO, 0600);
      assertSame("a", other);
      long allocated = LayerEntries.requireStat(to, TO).allocated();
      assertTrue(allocated <= 4 * MEGABYTE, "allocated " + allocated);
    }
  }

  @ParameterizedTest
  @CsvSource({"ext4, ext4", "ext4, tmpfs", "xfs, ext4"})
  void filesOfManyGigabytesThatAreMostlyHoleAreCopied(String source, String target)
      throws IOException {
    long size = (5L << 30) + 3;
    try (LayerDirectory from = mount("a", source);
        LayerDirectory to = mount("b", target)) {
      byte[] end = "the end".getBytes(UTF_8);
      try (FileChannel file = FileChannel.open(path("a", FROM), create())) {
        file.write(ByteBuffer.wrap(end), size - end.length);
      }
      to.createFile(TO).close();
      from.copyData(FROM, to, TO);
      ByteBuffer read = ByteBuffer.allocate(end.length);
      try (FileChannel file = FileChannel.open(path("b", TO))) {
        assertEquals(size, file.size());
        file.read(read, size - end.length);
      }
      assertArrayEquals(end, read.array());
      assertTrue(LayerEntries.requireStat(to, TO).allocated() < MEGABYTE);
    }
  }

  @ParameterizedTest
  @CsvSource({"ext4, tmpfs", "xfs, xfs", "tmpfs, ext4"})
  void fileThatIsOneHoleOrLessReplacesALongerOne(String source, String target) throws IOException {
    try (LayerDirectory from = mount("a", source);
        LayerDirectory to = mount("b", target)) {
      for (long size : new long[] {0, 1, 10L * MEGABYTE + 1}) {
        try (FileChannel file = FileChannel.open(path("a", FROM), create())) {
          file.truncate(0);
          if (size > 0) {
            Sandbox.run("truncate", "-s", Long.toString(size), path("a", FROM).toString());
          }
        }
        Files.write(path("b", TO), random(12 * MEGABYTE, 5), create());
        from.copyData(FROM, to, TO);
        assertSame("a", "b");
        assertEquals(0, LayerEntries.requireStat(to, TO).allocated());
        to.remove(TO);
        from.copyFile(FROM, LayerEntries.requireStat(from, FROM), to, TO, 0600);
        assertSame("a", "b");
        assertEquals(0, LayerEntries.requireStat(to, TO).allocated(), "of a new file");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tmpfs", "ext4"})
  void fullFileSystemIsTold(String fileSystem) throws IOException {
    try (LayerDirectory from = mount("a", "xfs");
        LayerDirectory to = mountSmall("b", fileSystem)) {
      write("a", random(32 * MEGABYTE, 6));
      to.createFile(TO).close();
      FileSystemException failure =
          assertThrows(FileSystemException.class, () -> from.copyData(FROM, to, TO));
      assertEquals("no space left on device", failure.getReason());
      to.remove(TO);
      EntryStat stat = LayerEntries.requireStat(from, FROM);
      failure =
          assertThrows(FileSystemException.class, () -> from.copyFile(FROM, stat, to, TO, 0600));
      assertEquals("no space left on device", failure.getReason());
      assertTrue(to.stat(TO).isEmpty(), "a part is left");
    }
  }

  /** Files of one directory on different devices: what one refuses, another may allow. */
  @Test
  void blocksAreSharedAfterAFileOfAnotherDeviceWasCopied() throws IOException {
    try (LayerDirectory layer = mount("a", "xfs");
        LayerDirectory other = mount("b", "tmpfs")) {
      write("b", random(10, 9));
      other.copyFile(FROM, LayerEntries.requireStat(other, FROM), layer, Name.of("small"), 0600);
      write("a", random(64 * MEGABYTE, 1));
      layer.syncFileSystem();
      long before = layer.freeSpace();
      layer.copyFile(FROM, LayerEntries.requireStat(layer, FROM), layer, TO, 0600);
      layer.syncFileSystem();
      assertTrue(before - layer.freeSpace() < 4 * MEGABYTE, "space was taken");
    }
  }

  @Test
  void onlyRegularFilesAreCopied() throws IOException {
    try (LayerDirectory layer = mount("a", "tmpfs")) {
      write("a", random(10, 7));
      Name bad = Name.of("bad");
      for (EntryType type : new EntryType[] {EntryType.FIFO, EntryType.SOCKET}) {
        layer.createNode(bad, type, 0, 0);
        assertRefused(layer, bad);
        layer.remove(bad);
      }
      // A device that does not exist: opening it would say so.
      layer.createNode(bad, EntryType.CHARACTER_DEVICE, 250, 250);
      assertRefused(layer, bad);
      layer.remove(bad);
      layer.createSymlink(bad, FROM.toBytes());
      assertRefused(layer, bad);
      layer.remove(bad);
      layer.createDirectory(bad);
      assertRefused(layer, bad);
      assertThrows(NoSuchFileException.class, () -> layer.copyData(TO, layer, FROM));
      assertEquals(10, LayerEntries.requireStat(layer, FROM).size());
    }
  }

  @Test
  void fileIsNotCopiedToItself() throws IOException {
    try (LayerDirectory layer = mount("a", "tmpfs")) {
      write("a", random(10, 8));
      layer.createLink(FROM, layer, TO);
      assertThrows(FileSystemException.class, () -> layer.copyData(FROM, layer, FROM));
      assertThrows(FileSystemException.class, () -> layer.copyData(FROM, layer, TO));
      assertArrayEquals(random(10, 8), Files.readAllBytes(path("a", FROM)));
    }
  }

  private static void assertRefused(LayerDirectory layer, Name bad) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(20),
        () -> {
          assertNoFile(() -> layer.copyData(bad, layer, FROM));
          assertNoFile(() -> layer.copyData(FROM, layer, bad));
          assertNoFile(() -> layer.readFile(bad).close());
        });
  }

  private static void assertNoFile(Executable copy) {
    FileSystemException failure = assertThrows(FileSystemException.class, copy);
    assertEquals("not a regular file", failure.getReason());
  }

  private LayerDirectory mount(String relative, String fileSystem) throws IOException {
    Path mounted =
        fileSystem.equals("tmpfs")
            ? sandbox.mountTmpfs(relative)
            : sandbox.mountImage(relative, fileSystem, 320);
    return new NativeLayerStore().open(mounted);
  }

  private LayerDirectory mountSmall(String relative, String fileSystem) throws IOException {
    Path mounted =
        fileSystem.equals("tmpfs")
            ? sandbox.mountAt(relative, "-t", "tmpfs", "-o", "size=8m", "tmpfs")
            : sandbox.mountImage(relative, fileSystem, 16);
    return new NativeLayerStore().open(mounted);
  }

  private Path path(String mounted, Name name) {
    return sandbox.path(mounted).resolve(name.toString());
  }

  private void write(String mounted, byte[] content) throws IOException {
    Files.write(path(mounted, FROM), content);
  }

  private void assertSame(String source, String target) throws IOException {
    assertEquals(-1, Files.mismatch(path(source, FROM), path(target, TO)));
  }

  private static StandardOpenOption[] create() {
    return new StandardOpenOption[] {StandardOpenOption.CREATE, StandardOpenOption.WRITE};
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }
}
