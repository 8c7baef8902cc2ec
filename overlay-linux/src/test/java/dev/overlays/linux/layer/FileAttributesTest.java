package dev.overlays.linux.layer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.overlays.layer.EntryStat;
import dev.overlays.layer.EntryType;
import dev.overlays.layer.LayerDirectory;
import dev.overlays.layer.LayerEntries;
import dev.overlays.layer.Name;
import dev.overlays.linux.KernelAbility;
import dev.overlays.linux.Sandbox;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File attributes on real file systems. */
class FileAttributesTest {
  private static final Name FILE = Name.of("file");
  private static final Name DIRECTORY = Name.of("directory");
  private static final Name PIPE = Name.of("pipe");
  private static final Name MISSING = Name.of("missing");

  private Sandbox sandbox;
  private LayerDirectory layer;

  @BeforeEach
  void makeSandbox() throws IOException {
    sandbox = Sandbox.asRoot();
  }

  @AfterEach
  void checkSandbox() throws IOException {
    if (layer != null) {
      layer.close();
    }
    if (sandbox != null) {
      sandbox.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs"})
  void protectionComesAndGoes(String fileSystem) throws IOException {
    assumeFlags(fileSystem);
    mount(fileSystem);
    for (Name name : List.of(FILE, DIRECTORY)) {
      for (int bits : new int[] {0, 1, 3, 2, 0, 3, 0}) {
        layer.setProtection(name, (bits & 1) != 0, (bits & 2) != 0);
        EntryStat stat = LayerEntries.requireStat(layer, name);
        assertEquals((bits & 1) != 0, stat.immutable());
        assertEquals((bits & 2) != 0, stat.appendOnly());
        if ((bits & 1) != 0) {
          assertThrows(AccessDeniedException.class, () -> layer.setMode(name, 0700));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs"})
  void otherFlagsStay(String fileSystem) throws IOException {
    assumeFlags(fileSystem);
    Path root = mount(fileSystem);
    Path file = root.resolve(FILE.toString());
    Sandbox.run("chattr", "+d", file.toString());
    layer.setProtection(FILE, true, false);
    layer.setProtection(FILE, false, false);
    assertTrue(Sandbox.run("lsattr", file.toString()).split(" ", 2)[0].contains("d"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs"})
  void filesAndDirectoriesAreSynced(String fileSystem) throws IOException {
    mount(fileSystem);
    layer.setMode(FILE, 0);
    layer.syncFile(FILE);
    layer.syncFile(DIRECTORY);
    layer.syncFile(Name.SELF);
    layer.syncFileSystem();
    assertThrows(NoSuchFileException.class, () -> layer.syncFile(MISSING));
  }

  @Test
  void onlyFilesAndDirectoriesAreOpened() throws IOException {
    mount("tmpfs");
    FileSystemException failure =
        assertThrows(FileSystemException.class, () -> layer.syncFile(PIPE));
    assertEquals("neither a regular file nor a directory", failure.getReason());
    assertThrows(FileSystemException.class, () -> layer.setProtection(PIPE, false, false));
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "btrfs", "tmpfs"})
  void handlesTellInodesApart(String fileSystem) throws IOException {
    mount(fileSystem);
    layer.createLink(FILE, layer, Name.of("link"));
    byte[] file = handle(FILE);
    assertTrue(Arrays.equals(file, handle(Name.of("link"))));
    assertFalse(Arrays.equals(file, handle(DIRECTORY)));
    assertFalse(Arrays.equals(file, handle(PIPE)));
    assertThrows(NoSuchFileException.class, () -> layer.fileHandle(MISSING));
  }

  private byte[] handle(Name name) throws IOException {
    Optional<byte[]> handle = layer.fileHandle(name);
    assertTrue(handle.isPresent());
    return handle.get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ext4", "xfs", "tmpfs"})
  void freeSpaceGoesDown(String fileSystem) throws IOException {
    mount(fileSystem);
    layer.syncFileSystem();
    long before = layer.freeSpace();
    try (OutputStream out = layer.createFile(Name.of("big"))) {
      out.write(new byte[20 << 20]);
    }
    layer.syncFileSystem();
    long taken = before - layer.freeSpace();
    assertTrue(taken >= 20 << 20 && taken < 30 << 20, "taken " + taken);
  }

  @Test
  void freeSpaceWithoutALimitIsNotKnown() throws IOException {
    layer = new NativeLayerStore().open(sandbox.mountAt("a", "-t", "ramfs", "ramfs"));
    assertEquals(Long.MAX_VALUE, layer.freeSpace());
  }

  @Test
  void manyExtendedAttributesAreListedAndBigOnesRead() throws IOException {
    mount("xfs");
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String name = "user.attribute-" + i;
      layer.setXattr(FILE, name, new byte[0]);
      names.add(name);
    }
    byte[] big = new byte[1 << 16];
    Arrays.fill(big, (byte) 7);
    layer.setXattr(FILE, names.get(0), big);
    for (int i = 0; i < 2; i++) {
      assertEquals(names, layer.xattrs(FILE).stream().sorted(byNumber()).toList());
      assertEquals(List.of(), layer.xattrs(DIRECTORY));
    }
    assertTrue(Arrays.equals(big, layer.xattr(FILE, names.get(0)).get()));
  }

  private static Comparator<String> byNumber() {
    return Comparator.comparingInt(
        name -> Integer.parseInt(name.substring(name.lastIndexOf('-') + 1)));
  }

  @Test
  void threadsShareAHandle() throws Exception {
    KernelAbility.ATTRIBUTES_IN_MEMORY.assumePresent();
    mount("tmpfs");
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Void>> results = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Name own = Name.of("own-" + i);
        String xattr = "user.own-" + i;
        int mode = 0600 + i;
        results.add(threads.submit(work(own, xattr, mode)));
      }
      for (Future<Void> result : results) {
        result.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Callable<Void> work(Name own, String xattr, int mode) {
    return () -> {
      Name moved = Name.of(own + ".moved");
      for (int i = 0; i < 500; i++) {
        layer.createFile(own).close();
        layer.setMode(own, mode);
        layer.setXattr(own, xattr, own.toBytes());
        assertEquals(List.of(xattr), layer.xattrs(own));
        layer.rename(own, layer, moved);
        assertTrue(layer.stat(own).isEmpty());
        assertEquals(mode, LayerEntries.requireStat(layer, moved).mode());
        layer.remove(moved);
      }
      return null;
    };
  }

  private Path mount(String fileSystem) throws IOException {
    Path root =
        fileSystem.equals("tmpfs")
            ? sandbox.mountTmpfs("a")
            : sandbox.mountImage("a", fileSystem, 320);
    layer = new NativeLayerStore().open(root);
    layer.createFile(FILE).close();
    layer.createDirectory(DIRECTORY);
    layer.createNode(PIPE, EntryType.FIFO, 0, 0);
    return root;
  }

  private static void assumeFlags(String fileSystem) {
    if (fileSystem.equals("tmpfs")) {
      KernelAbility.FLAGS_IN_MEMORY.assumePresent();
    }
  }
}
